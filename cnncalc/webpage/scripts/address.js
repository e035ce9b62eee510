/** The address of a page names a layer: `#stage1.conv1`, or `#2:stage1.conv1` of the second network. */

/**
 * The layer of this network that an address names; null where it names none.
 * @param {string} hash as in `location.hash`
 * @param {string} prefix "" for the first network, "2:" for the second
 * @returns {string | null}
 */
export function layerOf(hash, prefix) {
  let word = hash.replace(/^#/, "");
  try {
    word = decodeURIComponent(word);
  } catch {
    return null;
  }
  if (!word.startsWith(prefix)) return null;
  const name = word.slice(prefix.length);
  // No name of a layer has a colon: this is another part of the page, or a layer of another network.
  return name && !name.includes(":") ? name : null;
}

/**
 * The address of a layer.
 * @param {string} name
 * @param {string} prefix
 */
export function addressOf(name, prefix) {
  return `#${prefix}${name}`;
}
