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
