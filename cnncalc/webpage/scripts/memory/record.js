/** The record of runs that cnncalc writes into the page (cnncalc/memory/compact), and the traces in it. */

/**
 * One way to run the network. `alone` is for a single image, null where that is no different.
 * @typedef {object} Run
 * @property {number[][]} traces for each device, the numbers of its phases
 * @property {number[][] | null} alone
 * @property {number} share how many devices have parts of a batch
 * @property {number} rounding bytes of which sizes are multiples
 * @property {string[] | null} places the devices of the spec
 * @property {number | null} least the smallest batch that PyTorch runs; null where it runs none
 * @property {[string, string]} refusals why it refuses one image, and several
 * @property {number} most the largest batch that can be computed exactly
 */

/**
 * @typedef {object} RunsRecord
 * @property {string[]} layers
 * @property {string[]} names of tensors
 * @property {string[]} categories
 * @property {number[]} sizes by twos: fixed bytes, and bytes for each image
 * @property {number[]} kinds by fives: size, category, name, steps to the layer, copies
 * @property {number[][]} moments
 * @property {[string, number[]][]} phases
 * @property {Run[]} runs
 */

/**
 * From an event on: the phase of the step, and the layer at work.
 * @typedef {object} Mark
 * @property {number} event
 * @property {string} phase
 * @property {string | null} layer
 */

/**
 * What a run allocates and frees. Tensors are columns: one number or text for each of them, in the order in which they
 * are allocated. An event is the number of a tensor, or `~number` where it is freed.
 * @typedef {object} Trace
 * @property {Float64Array} fixed
 * @property {Float64Array} each
 * @property {Float64Array} copies
 * @property {Uint8Array} category
 * @property {string[]} names
 * @property {(string | null)[]} layers
 * @property {Int32Array} events
 * @property {Mark[]} marks
 */

const KIND = 5;

/**
 * The trace that some phases make.
 * @param {RunsRecord} record
 * @param {number[]} phases
 * @returns {Trace}
 */
export function readTrace(record, phases) {
  const { sizes, kinds } = record;
  /** @type {number[]} */
  const fixed = [];
  /** @type {number[]} */
  const each = [];
  /** @type {number[]} */
  const copies = [];
  /** @type {number[]} */
  const category = [];
  /** @type {string[]} */
  const names = [];
  /** @type {(string | null)[]} */
  const layers = [];
  /** @type {number[]} */
  const events = [];
  /** @type {Mark[]} */
  const marks = [];
  /** @param {number} layer from 1 on, 0 for none */
  const nameOf = (layer) => (layer === 0 ? null : record.layers[layer - 1]);
  for (const number of phases) {
    const [phase, pairs] = record.phases[number];
    let layer = 0;
    for (let pair = 0; pair < pairs.length; pair += 2) {
      layer += pairs[pair + 1];
      marks.push({ event: events.length, phase, layer: nameOf(layer) });
      let near = layer;
      for (const code of record.moments[pairs[pair]]) {
        const value = code >> 1;
        if (code & 1) {
          events.push(~(fixed.length - 1 - value));
          continue;
        }
        const kind = value * KIND;
        near += kinds[kind + 3];
        events.push(fixed.length);
        fixed.push(sizes[2 * kinds[kind]]);
        each.push(sizes[2 * kinds[kind] + 1]);
        category.push(kinds[kind + 1]);
        names.push(record.names[kinds[kind + 2]]);
        copies.push(kinds[kind + 4]);
        layers.push(nameOf(near));
      }
    }
  }
  return {
    fixed: Float64Array.from(fixed),
    each: Float64Array.from(each),
    copies: Float64Array.from(copies),
    category: Uint8Array.from(category),
    names,
    layers,
    events: Int32Array.from(events),
    marks,
  };
}
