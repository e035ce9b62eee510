/** The section of memory: choices, the answer, the chart over the step, and what is held at a moment of it. */

import { button, element } from "../elements.js";
import { grouped, sizeIn } from "../figures.js";
import { holds } from "../names.js";
import { drawChart, layoutOf } from "./chart.js";
import { createChoices } from "./choices.js";
import { heldAfter, highest, momentsOf } from "./peak.js";
import { runner } from "./run.js";
import { categoryTable, tensorTable } from "./tables.js";
import { atMost, describeMoment, roomOf, usableOf, verdict } from "./words.js";

/** @typedef {import("./peak.js").Moment} Moment */
/** @typedef {import("./run.js").Computed} Computed */
/** @typedef {import("./run.js").Runner} Runner */

/**
 * What cnncalc/webpage/memory/data.py writes.
 * @typedef {object} MemoryData
 * @property {import("./record.js").RunsRecord} record
 * @property {string[]} words of each run
 * @property {string[]} modes
 * @property {Record<string, number>[]} reserved of each run, by batch
 * @property {number} batch
 * @property {[string, string][]} categories words and hues
 * @property {import("./words.js").Gpu[]} gpus
 * @property {number | null} gpu the place of the one that is chosen first
 * @property {number} reserve
 * @property {string} units
 */

/** The section's own name for `page.select`. */
const OWN = "memory";

/**
 * @param {HTMLElement} root
 * @param {MemoryData} data
 * @param {import("../page.js").Page} page
 */
export function mount(root, data, page) {
  const size = sizeIn(data.units);
  /** @type {Runner[]} */
  const runners = [];
  /** @param {number} run */
  const runnerOf = (run) => (runners[run] ??= runner(data.record, run));
  const choices = createChoices(data, runnerOf(0).most, update);
  const answer = element("div", { class: "memory-answer", role: "status" });
  const place = element("div", { class: "memory-place" });
  const slider = element("input", { type: "range", min: 0, "aria-label": "Moment of the step" });
  const toPeak = button("to the peak", () => {
    choose(null);
    slider.focus();
  });
  const seen = element("p", { class: "memory-moment" });
  const moment = element("div", { class: "memory-over-time" }, place, slider, seen, toPeak);
  const tables = element("div", { class: "memory-tables" });
  root.querySelector("[data-still]")?.replaceWith(choices.form, answer, moment, tables);

  /** @type {{ computed: Computed, moments: Moment[], peak: number, chosen: number } | null} */
  let shown = null;
  /** @type {number | null} the moment that was chosen; null for the peak */
  let chosen = null;

  function update() {
    const run = runnerOf(choices.run());
    choices.limit(run.most);
    const refusal = run.most === 0 ? "sizes are too large for a page to compute" : run.refusal(choices.batch());
    moment.hidden = tables.hidden = refusal !== null;
    if (refusal !== null) {
      shown = null;
      const verb = data.modes[choices.run()] === "training" ? "train on" : "run";
      const begin = run.most === 0 ? "Unknown" : `PyTorch refuses to ${verb} a batch of ${grouped(choices.batch())}`;
      answer.replaceChildren(element("p", {}, `${begin}: ${refusal}.`));
      return;
    }
    const workspace = choices.gpu()?.[2] ?? null;
    const computed = run.compute(choices.batch(), workspace);
    const moments = momentsOf(computed.trace, computed.sizes, data.categories.length);
    const peak = highest(moments);
    // Another run has other moments.
    if (chosen !== null && chosen >= moments.length) chosen = null;
    shown = { computed, moments, peak, chosen: chosen ?? peak };
    slider.max = String(moments.length - 1);
    showAnswer(run, computed, moments[peak], workspace);
    showMoment();
  }

  /**
   * @param {Runner} run
   * @param {Computed} computed
   * @param {Moment} peak
   * @param {number | null} workspace
   */
  function showAnswer(run, computed, peak, workspace) {
    const batch = choices.batch();
    const gpu = choices.gpu();
    const of = data.reserved[choices.run()];
    const same = workspace === null || run.recorded(workspace);
    const reserved = same ? (of[String(batch)] ?? null) : null;
    const where = [describeMoment(peak.phase, peak.layer)];
    if (computed.place !== null) where.push(`on ${computed.place}`);
    if (computed.images !== batch) where.push(`with ${grouped(computed.images)} of the images on the device`);
    const lines = [
      element(
        "p",
        {},
        element("strong", {}, size(computed.nbytes)),
        ` allocated at the peak (${grouped(computed.nbytes)} bytes), ${where.join(", ")}.`,
      ),
    ];
    const batches = Object.keys(of).map((each) => grouped(Number(each)));
    if (reserved !== null) {
      lines.push(element("p", {}, element("strong", {}, size(reserved)), " reserved by PyTorch's allocator."));
    } else if (batches.length) {
      const others = same ? "" : ", with the workspace of another GPU";
      const words = `What PyTorch reserves is computed for batches of ${batches.join(", ")}${others}: see the table below.`;
      lines.push(element("p", { class: "quiet" }, words));
    }
    if (gpu !== null) {
      const { words, wrong } = verdict({ batch, nbytes: computed.nbytes, reserved }, gpu, data.reserve, size);
      const most = atMost(run.largest(usableOf(gpu, data.reserve), workspace), run.most);
      lines.push(element("p", { class: wrong ? "wrong" : "" }, words));
      lines.push(element("p", { class: "quiet" }, `${most} ${roomOf(gpu, data.reserve, size)}`));
    }
    answer.replaceChildren(...lines);
  }

  /** The chart, and what is held at the moment that is looked at. */
  function showMoment() {
    if (shown === null) return;
    const { computed, moments, peak } = shown;
    const now = moments[shown.chosen];
    const { trace, sizes } = computed;
    const words = `${describeMoment(now.phase, now.layer)}: ${size(now.nbytes)}`;
    slider.value = String(shown.chosen);
    slider.setAttribute("aria-valuetext", words);
    seen.textContent = shown.chosen === peak ? `${words}, the peak` : words;
    toPeak.hidden = shown.chosen === peak;
    const tensors = heldAfter(trace, sizes, now.event).map(({ tensor, nbytes }) => ({
      layer: trace.layers[tensor],
      name: trace.names[tensor],
      category: trace.category[tensor],
      copies: trace.copies[tensor],
      nbytes,
    }));
    tables.replaceChildren(
      categoryTable(moments[peak], now, data.categories, size),
      tensorTable(tensors, data.categories, size, (layer) => page.select(layer, OWN)),
    );
    draw();
  }

  function draw() {
    if (shown === null || !place.clientWidth) return;
    const selected = page.selected();
    const peak = shown.moments[shown.peak];
    const content = {
      ...shown,
      marked: (/** @type {string | null} */ layer) => selected !== null && layer !== null && holds(selected, layer),
      hues: data.categories.map(([, hue]) => hue),
      about: `Memory over the step, by class: ${size(peak.nbytes)} at the peak, ${describeMoment(peak.phase, peak.layer)}.`,
      size,
    };
    place.replaceChildren(drawChart(content, place.clientWidth));
  }

  /** @param {number | null} next */
  function choose(next) {
    if (shown === null) return;
    chosen = next === shown.peak ? null : next;
    shown.chosen = chosen ?? shown.peak;
    showMoment();
  }

  /** @param {PointerEvent} event */
  function point(event) {
    if (shown === null) return;
    const x = event.clientX - place.getBoundingClientRect().left;
    const next = layoutOf(place.clientWidth, shown.moments).momentAt(x);
    if (next !== shown.chosen) choose(next);
  }

  slider.addEventListener("input", () => choose(Number(slider.value)));
  place.addEventListener("pointermove", point);
  place.addEventListener("pointerdown", point);
  page.onSelect((name, origin) => {
    if (shown !== null && name !== null && origin !== OWN) {
      const busy = shown.moments.map(({ layer, nbytes }) => (layer !== null && holds(name, layer) ? nbytes : -1));
      const most = busy.reduce((best, nbytes, index) => (nbytes > busy[best] ? index : best), 0);
      if (busy[most] >= 0) {
        choose(most);
        return;
      }
    }
    draw();
  });
  new ResizeObserver(draw).observe(place);
  update();
}
