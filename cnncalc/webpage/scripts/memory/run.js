/** One run of the record, for any batch: as in cnncalc/memory/estimate.py. */

import { peakOf, sizesOf } from "./peak.js";
import { readTrace } from "./record.js";

/** @typedef {import("./record.js").RunsRecord} RunsRecord */
/** @typedef {import("./record.js").Trace} Trace */

/** The category of cuBLAS's workspaces, which depend on the GPU. */
const WORKSPACE = "workspace";

/**
 * A batch of a run, on the device where its peak is highest.
 * @typedef {object} Computed
 * @property {Trace} trace
 * @property {Float64Array} sizes
 * @property {number} nbytes the peak
 * @property {number} event
 * @property {string | null} place the device, where the spec has several
 * @property {number} images what one device gets of the batch
 */

/**
 * What can be asked of a run. `workspace` are the bytes of one workspace of cuBLAS on some GPU; null for those that
 * the record has.
 * @typedef {object} Runner
 * @property {(batch: number, workspace?: number | null) => Computed} compute
 * @property {(batch: number) => string | null} refusal why PyTorch refuses a batch; null where it runs it
 * @property {(usable: number, workspace?: number | null) => number} largest the largest batch whose tensors take less
 * than `usable` bytes; 0 where none does
 * @property {(workspace: number | null) => boolean} recorded whether the record's workspaces are of that size
 * @property {number} most
 */

/**
 * @param {RunsRecord} record
 * @param {number} index of the run
 * @returns {Runner}
 */
export function runner(record, index) {
  const run = record.runs[index];
  const workspaces = record.categories.indexOf(WORKSPACE);
  /** @type {Map<number[][], Trace[]>} */
  const read = new Map();
  /** @param {number} images */
  const tracesFor = (images) => {
    const phases = images === 1 && run.alone !== null ? run.alone : run.traces;
    let traces = read.get(phases);
    if (traces === undefined) {
      traces = phases.map((numbers) => readTrace(record, numbers));
      read.set(phases, traces);
    }
    return traces;
  };
  /**
   * @param {Trace} trace
   * @param {number} images
   * @param {number | null} workspace
   */
  const sized = (trace, images, workspace) => {
    const sizes = sizesOf(trace, images, run.rounding);
    return workspace === null
      ? sizes
      : sizes.map((nbytes, tensor) => (trace.category[tensor] === workspaces ? workspace : nbytes));
  };
  /** @type {Runner["compute"]} */
  const compute = (batch, workspace = null) => {
    const images = Math.ceil(batch / run.share);
    const all = tracesFor(images).map((trace, number) => {
      const sizes = sized(trace, images, workspace);
      return { trace, sizes, ...peakOf(trace, sizes), place: run.places?.[number] ?? null, images };
    });
    return all.reduce((best, next) => (next.nbytes > best.nbytes ? next : best));
  };
  /** @type {Runner["refusal"]} */
  const refusal = (batch) => {
    if (run.least !== null && batch >= run.least) return null;
    return run.refusals[Math.floor(batch / run.share) < 2 ? 0 : 1];
  };
  return {
    compute,
    refusal,
    most: run.most,
    largest(usable, workspace = null) {
      let fits = 0;
      let not = run.most + 1;
      while (not - fits > 1) {
        const middle = (fits + not) >> 1;
        if (compute(middle, workspace).nbytes < usable) fits = middle;
        else not = middle;
      }
      return run.least === null || fits < run.least ? 0 : fits;
    },
    recorded(workspace) {
      return tracesFor(2).every((trace) =>
        trace.category.every((category, tensor) => category !== workspaces || trace.fixed[tensor] === workspace),
      );
    },
  };
}
