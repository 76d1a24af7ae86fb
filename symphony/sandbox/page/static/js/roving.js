// A list whose rows are one stop of the Tab key: the arrows move within it.

import { set } from "./dom.js";

const ROWS = "[data-row]";

export class Roving {
  #at = null; // the row that was visited last, which Tab reaches; without one the first

  constructor(list) {
    this.list = list;
    list.addEventListener("keydown", (event) => this.#key(event));
    list.addEventListener("focusin", (event) => event.target.matches(ROWS) && this.#mark((this.#at = event.target)));
  }

  /** To be called when rows have come or gone. */
  refresh() {
    const rows = this.#rows();
    if (!rows.includes(this.#at)) this.#at = null;
    this.#mark(this.#at ?? rows[0]);
  }

  #rows() {
    return [...this.list.querySelectorAll(ROWS)].filter((row) => !this.list.contains(row.closest("[hidden]"))); // the list itself may be hidden for now
  }

  #mark(row) {
    for (const other of this.list.querySelectorAll(`${ROWS}:not([tabindex="-1"])`)) set(other, { tabindex: "-1" });
    if (row) set(row, { tabindex: "0" });
  }

  #key(event) {
    const row = event.target;
    if (!row.matches(ROWS) || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = this.#rows();
    const at = rows.indexOf(row);
    const unfolded = row.getAttribute("aria-expanded") === "true";
    const run = {
      ArrowDown: () => rows[at + 1]?.focus(),
      ArrowUp: () => rows[at - 1]?.focus(),
      Home: () => rows[0].focus(),
      End: () => rows.at(-1).focus(),
      ArrowRight: () => unfolded || row.click(),
      ArrowLeft: () => (unfolded ? row.click() : row.closest(".request")?.querySelector(ROWS).focus()),
    }[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  }
}
