/** What is held, as tables: by category at the peak and at a moment, and the largest tensors of a moment. */

import { button, element, shape } from "../elements.js";
import { counted, percent } from "../figures.js";

/** @typedef {import("./peak.js").Moment} Moment */
/** @typedef {import("../figures.js").SizeWords} SizeWords */

/** Tensors that are named. */
export const NAMED = 12;

/**
 * A tensor that is held, in words.
 * @typedef {object} NamedTensor
 * @property {string | null} layer
 * @property {string} name
 * @property {number} category
 * @property {number} copies
 * @property {number} nbytes
 */

/** Heads of columns of figures. */
const FIGURES = new Set(["at the peak", "of it", "at this moment", "size"]);

/**
 * @param {string} caption
 * @param {string[]} heads
 * @param {Node[]} rows
 */
function table(caption, heads, rows) {
  const content = element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col", class: FIGURES.has(head) && "figure" }, head)))),
    element("tbody", {}, ...rows),
  );
  // It may be wider than a narrow window, and is moved by keys then.
  return element("div", { class: "wide", tabindex: 0, role: "group", "aria-label": caption }, content);
}

/**
 * A patch of a category's colour.
 * @param {string} hue
 */
function patch(hue) {
  const filled = shape("rect", { class: hue, width: 10, height: 10, rx: 2 });
  return shape("svg", { class: "memory-patch", viewBox: "0 0 10 10", "aria-hidden": "true" }, filled);
}

/**
 * A category's name after a patch of its colour.
 * @param {[string, string]} category
 * @returns {(Node | string)[]}
 */
function named([words, hue]) {
  return [patch(hue), words];
}

/**
 * @param {Moment} peak
 * @param {Moment} chosen
 * @param {[string, string][]} categories
 * @param {SizeWords} size
 */
export function categoryTable(peak, chosen, categories, size) {
  const rows = categories.flatMap((category, index) => {
    const [most, now] = [peak.held[index], chosen.held[index]];
    if (!most && !now) return [];
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, ...named(category)),
      element("td", { class: "figure" }, size(most)),
      element("td", { class: "figure" }, percent(most, peak.nbytes)),
      element("td", { class: "figure" }, size(now)),
    );
  });
  return table("What memory is for", ["class", "at the peak", "of it", "at this moment"], rows);
}

/**
 * The largest tensors; a layer's name selects it.
 * @param {NamedTensor[]} tensors the largest first
 * @param {[string, string][]} categories
 * @param {SizeWords} size
 * @param {(layer: string) => void} select
 */
export function tensorTable(tensors, categories, size, select) {
  const rows = tensors.slice(0, NAMED).map((tensor) => {
    const { layer } = tensor;
    const owner = layer === null ? [] : [button(layer, () => select(layer))];
    for (const each of owner) each.className = "pick";
    return element(
      "tr",
      {},
      element("td", {}, ...owner),
      element("td", {}, tensor.copies > 1 ? `${tensor.name} ×${tensor.copies}` : tensor.name),
      element("td", {}, ...named(categories[tensor.category])),
      element("td", { class: "figure" }, size(tensor.nbytes)),
    );
  });
  const rest = tensors.slice(NAMED);
  if (rest.length) {
    const nbytes = rest.reduce((sum, tensor) => sum + tensor.nbytes, 0);
    const words = `and ${counted(rest.length, "smaller tensor")}`;
    rows.push(
      element("tr", {}, element("td", { colspan: 3 }, words), element("td", { class: "figure" }, size(nbytes))),
    );
  }
  return table("The largest tensors at this moment", ["layer", "tensor", "class", "size"], rows);
}
