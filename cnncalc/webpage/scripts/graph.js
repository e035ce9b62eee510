/** The graph: folded and unfolded, zoomed, moved; its boxes can be selected. */

import { mountDrawings } from "./drawing.js";
import { button, element } from "./elements.js";

const LEAST = 0.1;
const MOST = 4;
const STEP = 1.25;
// How far an arrow moves the drawing, in pixels; a pointer that moved less was a click.
const SHIFT = 80;
const CLICK = 4;

/** @type {import("./main.js").Mount} */
export function mount(root, _, page) {
  const viewer = root.querySelector(".viewer");
  if (!(viewer instanceof HTMLElement)) return;
  const graph = new Viewer(viewer);
  mountDrawings(root, page, "graph", (box, origin) => {
    if (origin !== "graph" && box.closest(".drawing:not([hidden])") !== null) graph.reveal(box);
  });
  viewer.before(graph.tools());
  graph.fit();
}

class Viewer {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.drawings = [...element.querySelectorAll(".drawing")].filter((each) => each instanceof HTMLElement);
    this.depth = 0;
    this.scale = 1;
    element.tabIndex = 0;
    element.setAttribute("role", "group");
    element.setAttribute("aria-label", "Graph: arrows move it, plus and minus zoom, 0 fits it to the page");
    element.addEventListener("keydown", (event) => this.key(event));
    element.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.drag();
  }

  tools() {
    this.less = button("Fold", () => this.unfold(this.depth - 1));
    this.more = button("Unfold", () => this.unfold(this.depth + 1));
    this.status = element("span", { role: "status", class: "quiet" });
    const tools = element("div", { class: "tools" });
    if (this.drawings.length > 1) tools.append(this.less, this.more);
    tools.append(
      button("−", () => this.zoom(this.scale / STEP), "zoom out"),
      button("+", () => this.zoom(this.scale * STEP), "zoom in"),
      button("Fit", () => this.fit()),
      button("←", () => this.move(-1, 0), "move left"),
      button("↑", () => this.move(0, -1), "move up"),
      button("↓", () => this.move(0, 1), "move down"),
      button("→", () => this.move(1, 0), "move right"),
      this.status,
    );
    this.unfold(0);
    return tools;
  }

  /** @param {number} depth */
  unfold(depth) {
    this.depth = Math.max(0, Math.min(this.drawings.length - 1, depth));
    this.drawings.forEach((drawing, index) => (drawing.hidden = index !== this.depth));
    if (this.less) this.less.disabled = this.depth === 0;
    if (this.more) this.more.disabled = this.depth === this.drawings.length - 1;
    this.zoom(this.scale);
  }

  drawing() {
    return this.drawings[this.depth].querySelector("svg");
  }

  /** The width of a drawing at full size. */
  width() {
    return this.drawing()?.viewBox.baseVal.width ?? 1;
  }

  /**
   * Zooms, and keeps what is in the middle there.
   * @param {number} scale
   */
  zoom(scale) {
    const { element } = this;
    const drawing = this.drawing();
    if (drawing === null) return;
    const next = Math.max(LEAST, Math.min(MOST, scale));
    const across = (element.scrollLeft + element.clientWidth / 2) / Math.max(1, element.scrollWidth);
    const down = (element.scrollTop + element.clientHeight / 2) / Math.max(1, element.scrollHeight);
    this.scale = next;
    drawing.style.width = `${this.width() * next}px`;
    drawing.style.height = "auto";
    element.scrollLeft = across * element.scrollWidth - element.clientWidth / 2;
    element.scrollTop = down * element.scrollHeight - element.clientHeight / 2;
    const levels = this.drawings.length - 1;
    if (this.status) {
      this.status.textContent =
        (levels > 0 ? `${this.depth} of ${levels} levels unfolded, ` : "") + `${Math.round(100 * next)}%`;
    }
  }

  /** As wide as the page, as long as its texts can be read; from the top. */
  fit() {
    const fitting = this.element.clientWidth / this.width();
    this.zoom(Math.max(0.55, Math.min(1, fitting)));
    this.element.scrollTo(0, 0);
  }

  /**
   * @param {number} across
   * @param {number} down
   */
  move(across, down) {
    this.element.scrollBy(SHIFT * across, SHIFT * down);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      "+": () => this.zoom(this.scale * STEP),
      "=": () => this.zoom(this.scale * STEP),
      "-": () => this.zoom(this.scale / STEP),
      0: () => this.fit(),
      ArrowLeft: () => this.move(-1, 0),
      ArrowRight: () => this.move(1, 0),
      ArrowUp: () => this.move(0, -1),
      ArrowDown: () => this.move(0, 1),
    };
    const action = actions[/** @type {keyof typeof actions} */ (event.key)];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    // Without a key the wheel scrolls.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoom(this.scale * (event.deltaY < 0 ? STEP : 1 / STEP));
  }

  drag() {
    const { element } = this;
    /** @type {{ x: number, y: number, left: number, top: number } | null} */
    let start = null;
    let moved = false;
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.pointerType === "touch") return;
      start = { x: event.clientX, y: event.clientY, left: element.scrollLeft, top: element.scrollTop };
      moved = false;
    });
    element.addEventListener("pointermove", (event) => {
      if (start === null) return;
      const [across, down] = [event.clientX - start.x, event.clientY - start.y];
      if (!moved && Math.hypot(across, down) < CLICK) return;
      if (!moved) element.setPointerCapture(event.pointerId);
      moved = true;
      element.classList.add("grabbed");
      element.scrollTo(start.left - across, start.top - down);
    });
    const end = () => {
      start = null;
      element.classList.remove("grabbed");
    };
    element.addEventListener("pointerup", end);
    element.addEventListener("pointercancel", end);
    // The click after a drag selects nothing.
    element.addEventListener("click", (event) => moved && event.stopPropagation(), true);
  }

  /**
   * Scrolls a box into the middle of the viewer, where it is not in sight. The page does not move.
   * @param {SVGElement} box
   */
  reveal(box) {
    const own = box.getBoundingClientRect();
    const outer = this.element.getBoundingClientRect();
    const inside =
      own.left >= outer.left && own.right <= outer.right && own.top >= outer.top && own.bottom <= outer.bottom;
    if (inside) return;
    this.element.scrollBy(
      (own.left + own.right - outer.left - outer.right) / 2,
      (own.top + own.bottom - outer.top - outer.bottom) / 2,
    );
  }
}
