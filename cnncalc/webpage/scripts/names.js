/** Names of layers and blocks: a block `stage1` holds `stage1.conv1`. */

/**
 * Whether `outer` is the layer or block `name`, or a block around it.
 * @param {string} outer
 * @param {string} name
 */
export function holds(outer, name) {
  return name === outer || name.startsWith(`${outer}.`);
}

/**
 * A name and the names of the blocks around it, from the innermost outwards.
 * @param {string} name
 * @returns {string[]}
 */
export function outwards(name) {
  const names = [name];
  for (let end = name.lastIndexOf("."); end > 0; end = name.lastIndexOf(".", end - 1)) {
    names.push(name.slice(0, end));
  }
  return names;
}

/**
 * Which boxes show a selected layer or block: those with its name; else those of the innermost block around it; else,
 * for a block, those of what is in it.
 * @param {readonly (readonly string[])[]} boxes the names that each box stands for
 * @param {string | null} selected
 * @returns {number[]} their indices
 */
export function boxesOf(boxes, selected) {
  if (selected === null) return [];
  for (const name of outwards(selected)) {
    const fitting = indices(boxes, (own) => own === name);
    if (fitting.length > 0) return fitting;
  }
  return indices(boxes, (own) => holds(selected, own));
}

/**
 * @param {readonly (readonly string[])[]} boxes
 * @param {(name: string) => boolean} fits
 */
function indices(boxes, fits) {
  return boxes.flatMap((names, index) => (names.some(fits) ? [index] : []));
}

/**
 * The name after the selected one, and the first where none of them is selected: each press goes on to the next.
 * @param {readonly string[]} names at least one
 * @param {string | null} selected
 */
export function following(names, selected) {
  const place = selected === null ? -1 : names.indexOf(selected);
  return names[(place + 1) % names.length];
}
