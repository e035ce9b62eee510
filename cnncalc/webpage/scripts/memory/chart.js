/** Memory over the step as stacked areas: geometry without a document, and the drawing of it. */

import { shape } from "../elements.js";

/** @typedef {import("./peak.js").Moment} Moment */

/**
 * Neighbouring moments of one phase that share a column: which of them holds most, and which they are.
 * @typedef {object} Column
 * @property {number} shown
 * @property {number} from
 * @property {number} to after the last
 */

/**
 * What a chart shows.
 * @typedef {object} ChartContent
 * @property {Moment[]} moments
 * @property {number} peak the moment of the peak
 * @property {number} chosen the moment that is looked at
 * @property {(layer: string | null) => boolean} marked whether a layer is selected
 * @property {string[]} hues a class for each category
 * @property {string} about what a screen reader says of it
 * @property {(nbytes: number) => string} size
 */

const HEIGHT = 260;
const TOP = 26;
const BELOW = 34;
const LEFT = 76;
const RIGHT = 8;
/** The least room of a column, and the width of a letter. */
const NARROWEST = 2;
const LETTER = 6.2;
const TICKS = 5;

/**
 * At most as many columns as there is room for, each of one phase. The peak keeps its own place: of several moments a
 * column shows the one that holds most.
 * @param {Moment[]} moments
 * @param {number} most
 * @returns {Column[]}
 */
export function columnsOf(moments, most) {
  const together = Math.max(1, Math.ceil(moments.length / Math.max(1, most)));
  /** @type {Column[]} */
  const columns = [];
  moments.forEach((moment, index) => {
    const last = columns.at(-1);
    if (last === undefined || last.to - last.from === together || moments[last.from].phase !== moment.phase) {
      columns.push({ shown: index, from: index, to: index + 1 });
      return;
    }
    last.to = index + 1;
    if (moment.nbytes > moments[last.shown].nbytes) last.shown = index;
  });
  return columns;
}

/**
 * Round numbers from 0 up to `most`, in its unit of 1024.
 * @param {number} most
 * @returns {number[]}
 */
export function levelsOf(most) {
  let unit = 1;
  while (most / unit >= 1024) unit *= 1024;
  const rough = most / unit / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? rough;
  return Array.from({ length: Math.floor(most / unit / step) + 1 }, (_, number) => Math.round(number * step * unit));
}

/**
 * Where the columns are.
 * @param {number} width of the whole chart
 * @param {Moment[]} moments
 */
export function layoutOf(width, moments) {
  const room = Math.max(NARROWEST, width - LEFT - RIGHT);
  const columns = columnsOf(moments, Math.floor(room / NARROWEST));
  const step = room / Math.max(1, columns.length);
  return {
    columns,
    step,
    left: LEFT,
    /** @param {number} x @returns {number} the moment that is shown there */
    momentAt(x) {
      const column = Math.min(columns.length - 1, Math.max(0, Math.floor((x - LEFT) / step)));
      return columns[column].shown;
    },
    /** @param {number} moment @returns {number} the middle of its column */
    middleOf(moment) {
      return LEFT + step * (columns.findIndex((column) => moment < column.to) + 0.5);
    },
  };
}

/**
 * The outline of a category: along its upper side in steps, and back along its lower side.
 * @param {number[]} below
 * @param {number[]} above
 * @param {number} step
 * @param {(nbytes: number) => number} y
 */
function area(below, above, step, y) {
  let path = `M${LEFT} ${y(below[0])}`;
  above.forEach((nbytes, column) => {
    path += `V${y(nbytes)}H${fixed(LEFT + step * (column + 1))}`;
  });
  for (let column = below.length - 1; column >= 0; column -= 1) {
    path += `V${y(below[column])}H${fixed(LEFT + step * column)}`;
  }
  return `${path}z`;
}

/** @param {number} value */
function fixed(value) {
  return Math.round(value * 10) / 10;
}

/**
 * The chart, `width` pixels wide.
 * @param {ChartContent} content
 * @param {number} width
 * @returns {SVGSVGElement}
 */
export function drawChart(content, width) {
  const { moments, hues, size } = content;
  const layout = layoutOf(width, moments);
  const { columns, step } = layout;
  const most = moments[content.peak].nbytes || 1;
  const bottom = TOP + HEIGHT;
  /** @param {number} nbytes */
  const y = (nbytes) => fixed(bottom - (HEIGHT * nbytes) / most);
  const chart = shape("svg", {
    viewBox: `0 0 ${width} ${bottom + BELOW}`,
    role: "img",
    "aria-label": content.about,
    class: "memory-chart",
  });
  for (const level of levelsOf(most)) {
    chart.append(
      shape("path", { class: "grid", d: `M${LEFT} ${y(level)}H${width - RIGHT}` }),
      shape("text", { x: LEFT - 6, y: y(level) + 4, "text-anchor": "end" }, size(level)),
    );
  }
  let below = columns.map(() => 0);
  hues.forEach((hue, category) => {
    const above = columns.map((column, index) => below[index] + moments[column.shown].held[category]);
    if (above.some((nbytes, index) => nbytes > below[index])) {
      chart.append(shape("path", { class: hue, d: area(below, above, step, y) }));
    }
    below = above;
  });
  chart.append(...phases(moments, columns, step, bottom), ...marks(content, layout, bottom));
  const across = fixed(layout.middleOf(content.peak));
  const words = `peak ${size(most)}`;
  const end = across + words.length * LETTER + 8 > width;
  chart.append(
    shape("path", { class: "peak", d: `M${across} ${bottom}V${TOP - 8}` }),
    shape("text", { class: "peak-words", x: across + (end ? -6 : 6), y: TOP - 10, "text-anchor": end ? "end" : "start" }, words),
  );
  return chart;
}

/**
 * The word of each phase below its part, where it has room.
 * @param {Moment[]} moments
 * @param {Column[]} columns
 * @param {number} step
 * @param {number} bottom
 */
function phases(moments, columns, step, bottom) {
  /** @type {SVGElement[]} */
  const drawn = [];
  let start = 0;
  columns.forEach((column, index) => {
    const { phase } = moments[column.from];
    const next = columns[index + 1];
    if (next !== undefined && moments[next.from].phase === phase) return;
    const x = fixed(LEFT + step * start);
    drawn.push(shape("path", { class: "tick", d: `M${x} ${bottom}v10` }));
    if (phase.length * LETTER + 8 <= step * (index + 1 - start)) {
      drawn.push(shape("text", { x: x + 4, y: bottom + 24 }, phase));
    }
    start = index + 1;
  });
  return drawn;
}

/**
 * The moment that is looked at, and those in which the selected layer is at work.
 * @param {ChartContent} content
 * @param {ReturnType<typeof layoutOf>} layout
 * @param {number} bottom
 */
function marks(content, layout, bottom) {
  const drawn = layout.columns.flatMap((column, index) => {
    const within = content.moments.slice(column.from, column.to);
    if (!within.some((moment) => content.marked(moment.layer))) return [];
    const x = fixed(layout.left + layout.step * index);
    return [shape("rect", { class: "marked", x, y: bottom + 2, width: fixed(Math.max(2, layout.step)), height: 6 })];
  });
  const x = fixed(layout.middleOf(content.chosen));
  return [...drawn, shape("path", { class: "cursor", d: `M${x} ${bottom + 10}V${TOP}` })];
}
