/** Parts of drawings that can be selected: boxes of the graph, rows of bars, receptive fields. */

import { moveStop } from "./elements.js";
import { boxesOf } from "./names.js";

/**
 * @callback Reveal
 * @param {SVGElement} box a box of what is selected
 * @param {string} origin
 * @returns {void}
 */

/**
 * Makes the parts of every drawing in an element selectable, by pointer and by keyboard: Tab goes to one of them, arrows
 * go on from there, Enter selects.
 * @param {HTMLElement} root
 * @param {import("./page.js").Page} page
 * @param {string} origin
 * @param {Reveal} [reveal]
 */
export function mountDrawings(root, page, origin, reveal) {
  for (const drawing of root.querySelectorAll("svg")) mountDrawing(drawing, page, origin, reveal);
}

/**
 * @param {SVGElement} drawing
 * @param {import("./page.js").Page} page
 * @param {string} origin
 * @param {Reveal} [reveal]
 */
function mountDrawing(drawing, page, origin, reveal) {
  const boxes = [...drawing.querySelectorAll("[data-of]")].filter((box) => box instanceof SVGElement);
  if (boxes.length === 0) return;
  const names = boxes.map((box) => (box.dataset.of ?? "").split(" "));
  // As an image its parts would be hidden.
  drawing.setAttribute("role", "group");
  boxes.forEach((box, index) => {
    const about = box.querySelector(":scope > title")?.textContent?.split("\n") ?? names[index];
    box.setAttribute("role", "button");
    box.setAttribute("aria-pressed", "false");
    box.setAttribute("aria-label", about.slice(0, 3).join(", "));
    box.addEventListener("click", (event) => {
      event.stopPropagation();
      moveStop(boxes, box);
      page.select(names[index][0], origin);
    });
    box.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (event.key === "Enter" || event.key === " ") page.select(names[index][0], origin);
      else if (event.key === "Escape") page.select(null, origin);
      else if (step !== undefined) {
        const next = boxes[(index + step + boxes.length) % boxes.length];
        moveStop(boxes, next);
        next.focus();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
  });
  moveStop(boxes, boxes[0]);
  page.onSelect((name, from) => {
    const chosen = new Set(boxesOf(names, name));
    boxes.forEach((box, index) => {
      box.classList.toggle("chosen", chosen.has(index));
      box.setAttribute("aria-pressed", String(chosen.has(index)));
    });
    const first = boxes.find((_, index) => chosen.has(index));
    if (first === undefined) return;
    if (from !== origin) moveStop(boxes, first);
    reveal?.(first, from);
  });
}
