/** Making elements of the page. */

/**
 * True is an attribute without a value; false, null and undefined are none.
 * @typedef {string | number | boolean | null | undefined} Attribute
 */

/**
 * @param {Element} created
 * @param {Record<string, Attribute>} attributes
 * @param {(Node | string)[]} content
 */
function fill(created, attributes, content) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    created.setAttribute(key, value === true ? "" : String(value));
  }
  created.append(...content);
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, Attribute>} attributes
 * @param {...(Node | string)} content
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, attributes, ...content) {
  const created = document.createElement(name);
  fill(created, attributes, content);
  return created;
}

/**
 * An element of a drawing.
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, Attribute>} attributes
 * @param {...(Node | string)} content
 * @returns {SVGElementTagNameMap[Name]}
 */
export function shape(name, attributes, ...content) {
  const created = document.createElementNS("http://www.w3.org/2000/svg", name);
  fill(created, attributes, content);
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
