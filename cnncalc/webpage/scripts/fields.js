import { mountDrawings } from "./drawing.js";

/** @type {import("./main.js").Mount} */
export function mount(root, _, page) {
  mountDrawings(root, page, "fields");
}
