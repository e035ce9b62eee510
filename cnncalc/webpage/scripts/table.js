/** The table: folded by block, sorted by a figure, filtered by a name or a type. */

import { button, element, moveStop } from "./elements.js";
import { outwards } from "./names.js";
import { shownRows } from "./rows.js";

/** @type {import("./main.js").Mount} */
export function mount(root, data, page) {
  const table = root.querySelector("table.layers");
  if (table instanceof HTMLTableElement) new Table(root, table, data.rows, page).show();
}

class Table {
  /**
   * @param {HTMLElement} root
   * @param {HTMLTableElement} table
   * @param {import("./rows.js").Row[]} rows
   * @param {import("./page.js").Page} page
   */
  constructor(root, table, rows, page) {
    this.table = table;
    this.rows = rows;
    this.page = page;
    this.lines = [...table.tBodies[0].rows];
    this.blocks = rows.filter((row) => row[3] === 1).map((row) => row[0]);
    this.folded = new Set(this.blocks);
    this.slight = false;
    this.filter = "";
    /** @type {number | null} */
    this.by = null;
    this.ascending = false;
    /** @type {number[]} */
    this.shown = [];
    this.status = element("span", { role: "status", class: "quiet" });
    this.heads = [...table.tHead?.querySelectorAll("th[data-by]") ?? []].map((head, column) => this.head(head, column));
    this.picks = this.lines.map((line, index) => this.line(line, index));
    this.tools(root);
    moveStop(this.picks, this.picks[0]);
    page.onSelect((name, origin) => this.select(name, origin));
  }

  /** @param {HTMLElement} root */
  tools(root) {
    const filter = element("input", { type: "search", placeholder: "conv3, pool" });
    filter.addEventListener("input", () => {
      this.filter = filter.value;
      this.show();
    });
    const slight = element("input", { type: "checkbox" });
    slight.addEventListener("change", () => {
      this.slight = slight.checked;
      this.show();
    });
    const tools = element("div", { class: "tools" });
    tools.append(element("label", {}, element("span", {}, "Name or layer"), filter));
    if (this.blocks.length > 0) {
      tools.append(button("Unfold all", () => this.fold([])), button("Fold all", () => this.fold(this.blocks)));
    }
    if (this.rows.some((row) => row[4] === 1)) {
      tools.append(element("label", {}, slight, "also layers that store and learn nothing"));
    }
    tools.append(this.status);
    root.querySelector(".wide")?.before(tools);
  }

  /**
   * @param {Element} head
   * @param {number} column
   */
  head(head, column) {
    const words = head.textContent ?? "";
    head.setAttribute("aria-sort", "none");
    head.replaceChildren(button(words, () => this.sort(column)));
    return { head, words };
  }

  /**
   * Largest first, then smallest first, then the order of the network again.
   * @param {number} column
   */
  sort(column) {
    if (this.by !== column) [this.by, this.ascending] = [column, false];
    else if (!this.ascending) this.ascending = true;
    else this.by = null;
    this.show();
  }

  /** @param {readonly string[]} blocks */
  fold(blocks) {
    this.folded = new Set(blocks);
    this.show();
  }

  /**
   * @param {HTMLTableRowElement} line
   * @param {number} index
   */
  line(line, index) {
    const [name, , , isBlock] = this.rows[index];
    const cell = line.cells[0];
    const pick = element("button", { type: "button", class: "pick", tabindex: "-1" }, name);
    pick.addEventListener("keydown", (event) => this.key(event, index));
    line.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("a, .toggle")) return;
      moveStop(this.picks, pick);
      this.page.select(name, "table");
    });
    if (isBlock === 1) {
      const toggle = button("", () => this.turn(name));
      toggle.className = "toggle";
      toggle.tabIndex = -1;
      cell.replaceChildren(toggle, pick);
    } else if (this.blocks.length > 0) cell.replaceChildren(element("span", { class: "space" }), pick);
    else cell.replaceChildren(pick);
    return pick;
  }

  /** @param {string} block */
  turn(block) {
    if (!this.folded.delete(block)) this.folded.add(block);
    this.show();
  }

  /**
   * Arrows go from row to row, and fold and unfold, as in a tree.
   * @param {KeyboardEvent} event
   * @param {number} index
   */
  key(event, index) {
    const [name, , , isBlock] = this.rows[index];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      const next = this.shown[this.shown.indexOf(index) + step];
      if (next !== undefined) {
        moveStop(this.picks, this.picks[next]);
        this.picks[next].focus();
      }
    } else if (isBlock === 1 && event.key === "ArrowRight" && this.folded.has(name)) this.turn(name);
    else if (isBlock === 1 && event.key === "ArrowLeft" && !this.folded.has(name)) this.turn(name);
    else if (event.key === "Escape") this.page.select(null, "table");
    else return;
    event.preventDefault();
  }

  /**
   * @param {string | null} name
   * @param {string} origin
   */
  select(name, origin) {
    const around = new Set(name === null ? [] : outwards(name).slice(1));
    if ([...around].some((block) => this.folded.has(block))) {
      for (const block of around) this.folded.delete(block);
    }
    const index = this.rows.findIndex((row) => row[0] === name);
    if (index >= 0 && this.rows[index][4] === 1 && !this.slight) {
      this.slight = true;
      const box = this.table.closest("section")?.querySelector('.tools input[type="checkbox"]');
      if (box instanceof HTMLInputElement) box.checked = true;
    }
    this.show();
    this.lines.forEach((line, each) => {
      line.classList.toggle("chosen", each === index);
      if (each === index) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    });
    if (index < 0) return;
    if (origin !== "table") moveStop(this.picks, this.picks[index]);
    if (origin === "link") this.lines[index].scrollIntoView({ block: "center" });
  }

  show() {
    const { folded, slight, filter, by, ascending } = this;
    this.shown = shownRows(this.rows, { folded, slight, filter, by, ascending });
    this.table.classList.toggle("flat", by !== null);
    const shown = new Set(this.shown);
    const order = [...this.shown.map((index) => this.lines[index])];
    this.lines.forEach((line, index) => {
      line.hidden = !shown.has(index);
      const toggle = line.querySelector(".toggle");
      if (toggle === null) return;
      const open = filter.trim() !== "" || !folded.has(this.rows[index][0]);
      toggle.textContent = open ? "▾" : "▸";
      toggle.setAttribute("aria-expanded", String(open));
      toggle.setAttribute("aria-label", `layers of ${this.rows[index][0]}`);
    });
    const hidden = this.lines.filter((_, index) => !shown.has(index));
    const focused = document.activeElement;
    this.table.tBodies[0].replaceChildren(...order, ...hidden);
    // A line that is put into its place again loses the focus, and keys would go nowhere.
    if (focused instanceof HTMLElement && focused !== document.activeElement && this.table.contains(focused)) {
      focused.focus({ preventScroll: true });
    }
    this.heads.forEach(({ head, words }, column) => {
      const sorted = column === by;
      head.setAttribute("aria-sort", !sorted ? "none" : ascending ? "ascending" : "descending");
      if (head.firstChild) head.firstChild.textContent = sorted ? `${words} ${ascending ? "▴" : "▾"}` : `${words} ↕`;
    });
    if (!this.picks.some((pick, index) => pick.tabIndex === 0 && shown.has(index)) && this.shown.length > 0) {
      moveStop(this.picks, this.picks[this.shown[0]]);
    }
    this.status.textContent =
      `${this.shown.length.toLocaleString("en")} of ${this.rows.length.toLocaleString("en")} rows` +
      (by === null ? "" : ", layers alone, sorted by a figure");
  }
}
