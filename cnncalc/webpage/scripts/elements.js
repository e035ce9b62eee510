/** Making elements of the page. */

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} content
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, attributes, ...content) {
  const created = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) created.setAttribute(key, value);
  created.append(...content);
  return created;
}

/**
 * A button with a sign or a word on it; `label` says what it does where the sign does not.
 * @param {string} words
 * @param {() => void} press
 * @param {string} [label]
 */
export function button(words, press, label) {
  const created = element("button", { type: "button", ...(label ? { "aria-label": label, title: label } : {}) }, words);
  created.addEventListener("click", press);
  return created;
}

/**
 * Moves the one place where a key press of Tab stops.
 * @param {readonly (HTMLElement | SVGElement)[]} stops all places
 * @param {HTMLElement | SVGElement | undefined} to
 */
export function moveStop(stops, to) {
  for (const stop of stops) stop.setAttribute("tabindex", stop === to ? "0" : "-1");
}
