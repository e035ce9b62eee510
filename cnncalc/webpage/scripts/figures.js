/** Figures in words, as cnncalc prints them. */

/** @typedef {(nbytes: number) => string} SizeWords */

/** @type {Record<string, [number, string[]]>} */
const SCALES = {
  iec: [1024, ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"]],
  si: [1000, ["bytes", "kB", "MB", "GB", "TB", "PB"]],
};

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
 * @param {number} nbytes
 * @param {string} scale
 */
function sizeOn(nbytes, scale) {
  const [factor, units] = SCALES[scale];
  let value = nbytes;
  let unit = 0;
  while (value >= factor && unit < units.length - 1) {
    value /= factor;
    unit += 1;
  }
  return unit ? `${rounded(value)} ${units[unit]}` : `${nbytes} byte${nbytes === 1 ? "" : "s"}`;
}

/**
 * How bytes are written: in the largest unit in which they are at least 1, `58.13 MiB`, `60.95 MB`, or both.
 * @param {string} units "iec", "si" or "both"
 * @returns {SizeWords}
 */
export function sizeIn(units) {
  if (units !== "both") return (nbytes) => sizeOn(nbytes, units);
  return (nbytes) => {
    const [binary, decimal] = Object.keys(SCALES).map((scale) => sizeOn(nbytes, scale));
    return binary === decimal ? binary : `${binary} (${decimal})`;
  };
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
