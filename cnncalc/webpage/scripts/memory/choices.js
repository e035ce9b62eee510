/** What the reader chooses: a run, a batch, a GPU, and a moment of the step. All of them are the browser's own controls. */

import { element } from "../elements.js";

/** @typedef {import("./words.js").Gpu} Gpu */

/**
 * The number in a box as a batch; null where it is none.
 * @param {string} text
 * @param {number} most
 * @returns {number | null}
 */
export function batchIn(text, most) {
  const batch = Number(text);
  return text.trim() !== "" && Number.isInteger(batch) && batch >= 1 && batch <= most ? batch : null;
}

/**
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string} [part] the class of the label
 */
function labelled(label, control, part) {
  return element("label", { class: part }, element("span", {}, label), control);
}

/**
 * The choice of a run, by groups.
 * @param {string[]} words
 * @param {string[]} modes
 */
function runChoice(words, modes) {
  const choice = element("select", {});
  for (const mode of new Set(modes)) {
    const group = element("optgroup", { label: mode });
    words.forEach((word, run) => {
      if (modes[run] === mode) group.append(element("option", { value: run }, word));
    });
    choice.append(group);
  }
  choice.value = "0";
  return choice;
}

/**
 * @typedef {object} Choices
 * @property {HTMLElement} form
 * @property {() => number} run
 * @property {() => number} batch
 * @property {() => Gpu | null} gpu
 * @property {(most: number) => void} limit no larger batch can be chosen from now on
 */

/**
 * The form of all choices; `changed` is called after each of them.
 * @param {{ words: string[], modes: string[], gpus: Gpu[], gpu: number | null, batch: number }} data
 * @param {number} most
 * @param {() => void} changed
 * @returns {Choices}
 */
export function createChoices(data, most, changed) {
  const run = runChoice(data.words, data.modes);
  const slider = element("input", { type: "range", min: 1, max: most, value: data.batch });
  const box = element("input", {
    type: "number",
    min: 1,
    max: most,
    value: data.batch,
    "aria-label": "Images in a batch, as a number",
  });
  const gpu = element("select", {}, element("option", { value: "" }, "no GPU chosen"));
  data.gpus.forEach(([name], index) => gpu.append(element("option", { value: index }, name)));
  if (data.gpu !== null) gpu.value = String(data.gpu);
  let batch = data.batch;
  let largest = most;
  /** @param {number} next */
  const set = (next) => {
    batch = next;
    slider.value = String(next);
    changed();
  };
  slider.addEventListener("input", () => {
    box.value = slider.value;
    set(Number(slider.value));
  });
  box.addEventListener("input", () => {
    const next = batchIn(box.value, largest);
    box.setAttribute("aria-invalid", String(next === null));
    if (next !== null) set(next);
  });
  // A number that is no batch gives way to the last one that is.
  box.addEventListener("change", () => {
    box.value = String(batch);
    box.setAttribute("aria-invalid", "false");
  });
  run.addEventListener("change", changed);
  gpu.addEventListener("change", changed);
  const form = element(
    "div",
    { class: "memory-choices" },
    labelled("Run", run, "memory-run"),
    element("div", { class: "memory-batch" }, labelled("Images in a batch", slider), box),
  );
  if (data.gpus.length) form.append(labelled("GPU", gpu));
  return {
    form,
    run: () => Number(run.value),
    batch: () => batch,
    gpu: () => (gpu.value === "" ? null : data.gpus[Number(gpu.value)]),
    limit(next) {
      largest = next;
      slider.max = box.max = String(next);
      batch = Math.min(batch, next);
      box.value = slider.value = String(batch);
    },
  };
}
