/** Figures in words, as cnncalc prints them. */

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];

/**
 * Two digits after the point. A tie goes to the even digit, as in Python: 0.125 is `0.12`.
 * @param {number} value
 */
function rounded(value) {
  // Only in eighths are there ties that a number has exactly.
  const rest = value % 1;
  return rest === 0.125 || rest === 0.625 ? (value - 0.005).toFixed(2) : value.toFixed(2);
}

/**
 * Bytes in the largest unit in which they are at least 1: `58.13 MiB`.
 * @param {number} nbytes
 */
export function size(nbytes) {
  let value = nbytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit ? `${rounded(value)} ${UNITS[unit]}` : `${nbytes} byte${nbytes === 1 ? "" : "s"}`;
}

/**
 * Digits in groups of three: `1,073,741,824`.
 * @param {number} value
 */
export function grouped(value) {
  return value.toLocaleString("en-US");
}

/**
 * `1 image`, `1,200 images`.
 * @param {number} count
 * @param {string} noun
 */
export function counted(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * A part in percent with one digit after the point: `13.8%`.
 * @param {number} part
 * @param {number} whole
 */
export function percent(part, whole) {
  return `${((100 * part) / whole || 0).toFixed(1)}%`;
}
