/** What the sections of one network share: which layer or block is selected. */

/**
 * Hears of each selection. `origin` is the id of the section that it was made in, or "link" for the address.
 * @callback SelectListener
 * @param {string | null} name the full name of a layer or block; null where nothing is selected
 * @param {string} origin
 * @returns {void}
 */

/**
 * @typedef {object} Page
 * @property {(name: string | null, origin: string) => void} select selects everywhere, and sets the address
 * @property {(listener: SelectListener) => void} onSelect
 * @property {() => string | null} selected
 */

/**
 * The page of one network. `remember` is called with each new selection that was not made by the address.
 * @param {(name: string | null) => void} remember
 * @returns {Page}
 */
export function createPage(remember) {
  /** @type {SelectListener[]} */
  const listeners = [];
  /** @type {string | null} */
  let selected = null;
  return {
    select(name, origin) {
      if (name === selected && origin !== "link") return;
      selected = name;
      if (origin !== "link") remember(name);
      for (const listener of listeners) listener(name, origin);
    },
    onSelect(listener) {
      listeners.push(listener);
    },
    selected: () => selected,
  };
}
