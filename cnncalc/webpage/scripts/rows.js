/** Which rows of the table are shown, and in which order. */

import { holds } from "./names.js";

/**
 * Name; type and label; how many blocks are around it; 1 for a block; 1 for a layer that stores and learns nothing; then
 * the figures, null where one is unknown.
 * @typedef {[string, string, number, 0 | 1, 0 | 1, ...(number | null)[]]} Row
 */

/**
 * @typedef {object} View
 * @property {ReadonlySet<string>} folded blocks whose layers are not shown
 * @property {boolean} slight whether layers that store and learn nothing are shown
 * @property {string} filter a part of a name or of a type
 * @property {number | null} by the column of figures by which rows are sorted; null for the order of the network
 * @property {boolean} ascending
 */

/**
 * The indices of the rows that are shown, in order. Sorted by a figure there are layers alone: a block would stand apart
 * from what is in it.
 * @param {readonly Row[]} rows
 * @param {View} view
 * @returns {number[]}
 */
export function shownRows(rows, view) {
  const words = view.filter.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = rows.map((row) => {
    const text = `${row[0]} ${row[1]}`.toLowerCase();
    return words.every((word) => text.includes(word)) && (view.slight || row[4] === 0);
  });
  const all = rows.map((_, index) => index);
  if (view.by !== null) {
    const figure = 5 + view.by;
    const layers = all.filter((index) => fits[index] && rows[index][3] === 0);
    return layers.sort((one, other) => compared(rows[one][figure], rows[other][figure], view.ascending) || one - other);
  }
  if (words.length > 0) return withBlocks(rows, fits);
  return unfolded(rows, view.folded).filter((index) => fits[index]);
}

/**
 * Unknown figures are last in both directions.
 * @param {string | number | null} one
 * @param {string | number | null} other
 * @param {boolean} ascending
 */
function compared(one, other, ascending) {
  if (typeof one !== "number" || typeof other !== "number") return Number(one === null) - Number(other === null);
  return ascending ? one - other : other - one;
}

/**
 * The rows that fit, and the blocks around them.
 * @param {readonly Row[]} rows
 * @param {readonly boolean[]} fits
 */
function withBlocks(rows, fits) {
  /** @type {Set<number>} */
  const shown = new Set();
  /** @type {number[]} */
  let around = [];
  rows.forEach((row, index) => {
    around = around.slice(0, row[2]);
    if (fits[index]) for (const each of [...around, index]) shown.add(each);
    if (row[3] === 1) around.push(index);
  });
  return [...shown];
}

/**
 * The rows that are in no folded block.
 * @param {readonly Row[]} rows
 * @param {ReadonlySet<string>} folded
 */
function unfolded(rows, folded) {
  /** @type {string | null} */
  let within = null;
  /** @type {number[]} */
  const shown = [];
  rows.forEach((row, index) => {
    if (within !== null && holds(within, row[0])) return;
    within = row[3] === 1 && folded.has(row[0]) ? row[0] : null;
    shown.push(index);
  });
  return shown;
}
