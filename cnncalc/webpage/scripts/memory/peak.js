/** The memory of a trace for a number of images: pure arithmetic, as in cnncalc/memory/replay.py. */

/** @typedef {import("./record.js").Trace} Trace */

/**
 * A layer at work: the most that is held meanwhile, after which event that is, and of what, by category. `event` is -1
 * where nothing has happened yet.
 * @typedef {object} Moment
 * @property {string} phase
 * @property {string | null} layer
 * @property {number} event
 * @property {number} nbytes
 * @property {Float64Array} held
 */

/**
 * A tensor that is held, by its number in the trace, and its bytes.
 * @typedef {object} Held
 * @property {number} tensor
 * @property {number} nbytes
 */

/**
 * Bytes of every tensor, each rounded up.
 * @param {Trace} trace
 * @param {number} images
 * @param {number} rounding
 * @returns {Float64Array}
 */
export function sizesOf(trace, images, rounding) {
  return trace.fixed.map((fixed, tensor) => {
    const nbytes = fixed + trace.each[tensor] * images;
    return Math.ceil(nbytes / rounding) * rounding * trace.copies[tensor];
  });
}

/**
 * The most that is held at once, and the first event after which it is.
 * @param {Trace} trace
 * @param {Float64Array} sizes
 * @returns {{ nbytes: number, event: number }}
 */
export function peakOf(trace, sizes) {
  let now = 0;
  let nbytes = 0;
  let event = 0;
  trace.events.forEach((tensor, index) => {
    now += tensor < 0 ? -sizes[~tensor] : sizes[tensor];
    if (now > nbytes) {
      nbytes = now;
      event = index;
    }
  });
  return { nbytes, event };
}

/**
 * Every moment of a step, from its beginning to its end.
 * @param {Trace} trace
 * @param {Float64Array} sizes
 * @param {number} categories how many there are
 * @returns {Moment[]}
 */
export function momentsOf(trace, sizes, categories) {
  const held = new Float64Array(categories);
  let now = 0;
  return trace.marks.map((mark, index) => {
    const end = trace.marks[index + 1]?.event ?? trace.events.length;
    // What is held as it begins; it may only free.
    const most = { event: mark.event - 1, nbytes: now, held: held.slice() };
    for (let event = mark.event; event < end; event += 1) {
      const tensor = trace.events[event];
      const number = tensor < 0 ? ~tensor : tensor;
      const change = tensor < 0 ? -sizes[number] : sizes[number];
      now += change;
      held[trace.category[number]] += change;
      if (now > most.nbytes) {
        most.event = event;
        most.nbytes = now;
        most.held = held.slice();
      }
    }
    return { phase: mark.phase, layer: mark.layer, ...most };
  });
}

/**
 * The index of the moment in which the peak is.
 * @param {Moment[]} moments
 */
export function highest(moments) {
  let index = 0;
  moments.forEach((moment, number) => {
    if (moment.nbytes > moments[index].nbytes) index = number;
  });
  return index;
}

/**
 * The tensors that are held after an event, the largest first.
 * @param {Trace} trace
 * @param {Float64Array} sizes
 * @param {number} event
 * @returns {Held[]}
 */
export function heldAfter(trace, sizes, event) {
  /** @type {Set<number>} */
  const numbers = new Set();
  for (const tensor of trace.events.subarray(0, event + 1)) {
    if (tensor < 0) numbers.delete(~tensor);
    else numbers.add(tensor);
  }
  const held = Array.from(numbers, (tensor) => ({ tensor, nbytes: sizes[tensor] }));
  return held.sort((first, second) => second.nbytes - first.nbytes);
}
