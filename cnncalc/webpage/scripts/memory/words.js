/** What the section says, in the words of `cnncalc memory` and `cnncalc fit`. */

import { counted, grouped } from "../figures.js";

/** @typedef {import("../figures.js").SizeWords} SizeWords */

/**
 * A GPU: its name, its bytes, and the bytes of one workspace of cuBLAS on it.
 * @typedef {[string, number, number]} Gpu
 */

/**
 * What is known of a batch.
 * @typedef {object} Known
 * @property {number} batch
 * @property {number} nbytes the peak
 * @property {number | null} reserved what PyTorch reserves; null where that was not computed
 */

/**
 * When in a run something is so: `backward of conv1`.
 * @param {string} phase start, forward, backward or step
 * @param {string | null} layer
 */
export function describeMoment(phase, layer) {
  if (phase === "start") return "before the first layer";
  if (phase === "step") return "in the optimizer's step";
  return `${phase} of ${layer ?? "the loss"}`;
}

/**
 * The bytes of a GPU that a network may take; at most half is set aside.
 * @param {Gpu} gpu
 * @param {number} reserve
 */
export function usableOf(gpu, reserve) {
  return gpu[1] - Math.min(reserve, Math.floor(gpu[1] / 2));
}

/**
 * Whether a batch fits on a GPU, as far as it is known: in words, and whether it certainly does not.
 * @param {Known} known
 * @param {Gpu} gpu
 * @param {number} reserve
 * @param {SizeWords} size
 * @returns {{ words: string, wrong: boolean }}
 */
export function verdict(known, gpu, reserve, size) {
  const { batch, nbytes, reserved } = known;
  const usable = usableOf(gpu, reserve);
  const images = counted(batch, "image");
  const ask = `\`cnncalc fit\` with \`--gpu "${gpu[0]}" --batch ${batch}\` tells whether`;
  // Where nothing at all would be left it does not fit.
  if (nbytes >= usable) {
    const over = nbytes > usable ? `its tensors take ${size(nbytes - usable)} too much` : "nothing would be left";
    return { words: `A batch of ${images} does not fit on ${gpu[0]}: ${over}.`, wrong: true };
  }
  if (reserved !== null && reserved < usable) {
    return { words: `A batch of ${images} fits on ${gpu[0]}: ${size(usable - reserved)} are left.`, wrong: false };
  }
  const fits = `The tensors of a batch of ${images} fit on ${gpu[0]}`;
  const words =
    reserved === null
      ? `${fits}, with ${size(usable - nbytes)} for what PyTorch reserves beside them: ${ask} that is enough.`
      : `${fits}, but PyTorch reserves ${size(reserved)} where it can: ${ask} less is enough.`;
  return { words, wrong: false };
}

/**
 * The bytes of a GPU, in words.
 * @param {Gpu} gpu
 * @param {number} reserve
 * @param {SizeWords} size
 */
export function roomOf(gpu, reserve, size) {
  const usable = usableOf(gpu, reserve);
  return `${size(usable)} are counted on: ${size(gpu[1])} less ${size(gpu[1] - usable)} for what is not counted.`;
}

/**
 * How many images fit at most, by their tensors.
 * @param {number} largest
 * @param {number} most the largest batch that the page computes
 */
export function atMost(largest, most) {
  if (largest === 0) return "No batch fits there.";
  if (largest === most) return `The tensors of all batches up to ${grouped(most)}, the largest here, fit there.`;
  return `The tensors of at most ${counted(largest, "image")} fit there.`;
}
