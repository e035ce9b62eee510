/** The lines of the spec: each selects its layers, and is marked where one of them is selected. */

import { boxesOf, following } from "./names.js";

/** @type {import("./main.js").Mount} */
export function mount(_, data, page) {
  /** @type {[string, string[]][]} */
  const lines = data.lines;
  const shown = lines.flatMap(([id, names]) => {
    const line = document.getElementById(id);
    return line === null ? [] : [{ line, names }];
  });
  for (const { line, names } of shown) {
    line.querySelector("a.number")?.addEventListener("click", (event) => {
      event.preventDefault();
      page.select(following(names, page.selected()), "spec");
    });
  }
  const all = shown.map(({ names }) => names);
  page.onSelect((name) => {
    const chosen = new Set(boxesOf(all, name));
    shown.forEach(({ line }, index) => line.classList.toggle("chosen", chosen.has(index)));
  });
}
