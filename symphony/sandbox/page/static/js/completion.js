// A list of completions under the control of a text field: arrows move, Enter
// and Tab take, Esc closes. The field keeps the focus throughout.

import { fill, h, set } from "./dom.js";

let counter = 0;

export class Completion {
  #items = [];
  #at = 0;
  #last; // the option marked last: it stays marked while more is typed
  #list;

  constructor({ input, host, label, testid, render, pick }) {
    Object.assign(this, { input, host, render, pick, testid });
    this.#list = h("ul", { role: "listbox", "aria-label": label, id: `completion-${counter++}` });
    input.addEventListener("blur", () => this.hide());
  }

  get open() {
    return this.#items.length > 0;
  }

  get current() {
    return this.#items[this.#at];
  }

  show(items) {
    this.#items = items;
    this.#at = Math.max(0, items.findIndex((item) => item.key === this.#last));
    if (!this.open) return this.hide();
    fill(this.#list, items.map((item, n) => this.#option(item, n)));
    fill(this.host, this.#list);
    this.host.hidden = false;
    set(this.input, { "aria-controls": this.#list.id });
    this.#mark();
  }

  hide() {
    this.#items = [];
    this.host.hidden = true;
    this.input.removeAttribute("aria-activedescendant");
    if (this.input.getAttribute("role") === "combobox") set(this.input, { "aria-expanded": "false" });
  }

  /** Closed for good: the next list begins at its first option. */
  end() {
    this.hide();
    this.#last = undefined;
  }

  /** True when the key was for the list. */
  key(event) {
    if (!this.open || event.isComposing) return false;
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) this.#move(move);
    else if (event.key === "Escape") this.hide();
    else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) this.#take(this.#at);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #option(item, n) {
    const take = (event) => {
      event.preventDefault(); // the field keeps the focus
      this.#take(n);
    };
    const attributes = { role: "option", id: `${this.#list.id}-${n}`, "data-testid": this.testid, "data-value": item.key, onmousedown: take };
    return h("li", attributes, this.render(item));
  }

  #move(by) {
    this.#at = (this.#at + by + this.#items.length) % this.#items.length;
    this.#mark();
  }

  #mark() {
    for (const [n, option] of [...this.#list.children].entries()) set(option, { "aria-selected": n === this.#at ? "true" : "false" });
    const chosen = this.#list.children[this.#at];
    this.#last = this.current.key;
    set(this.input, { "aria-activedescendant": chosen.id });
    if (this.input.getAttribute("role") === "combobox") set(this.input, { "aria-expanded": "true" });
    chosen.scrollIntoView({ block: "nearest" });
  }

  #take(n) {
    const item = this.#items[n];
    this.end();
    this.pick(item);
  }
}
