// Forms in messages: collecting values as the clients send them, required
// fields, and being used once.

import { $, attr, h, kind } from "./dom.js";
import { field } from "./fields.js";

export class Form {
  #controls = [];
  #labels = [];
  #fieldset = h("fieldset", { class: "form-fields" });
  #note = h("p", { class: "form-note", role: "status" });

  constructor(el, context) {
    this.id = el.getAttribute("id") ?? "";
    this.multi = attr(el, "multi-submit"); // null, "reset" or "no-reset"
    this.context = context;
  }

  /** The control for an element of the form, or undefined if it is not one. */
  field(el, walk) {
    if (kind(el) === "button") return this.#button(el);
    if (kind(el) === "label") return this.#label(el, walk);
    const control = field(el, walk);
    if (!control) return undefined;
    this.#controls.push(control);
    return control.node;
  }

  element(content) {
    this.#fieldset.append(...content.flat(Infinity).filter((node) => node != null));
    this.#bindLabels();
    const element = h("form", { class: "pml-form", novalidate: true, "data-form": this.id, onsubmit: (event) => event.preventDefault() }, this.#fieldset, this.#note);
    element.addEventListener("keydown", (event) => this.#enter(event));
    element.addEventListener("used", () => this.multi || this.#lock("Submitted. A form is used once."));
    return element;
  }

  #label(el, walk) {
    const label = h("label", {}, walk.children(el));
    this.#labels.push({ label, id: el.getAttribute("for") });
    return label;
  }

  /** Labels find their control by id, else the one standing beside them. */
  #bindLabels() {
    for (const { label, id } of this.#labels) {
      const beside = (c) => label.parentElement?.contains(c.node) && !label.contains(c.focus);
      const control = this.#controls.find((c) => id && c.id === id) ?? this.#controls.find(beside);
      if (!control) continue;
      label.htmlFor = control.focus.id;
      control.labelled = true;
      if (control.required) label.append(h("span", { class: "required", title: "required", "aria-hidden": "true" }, " *"));
    }
    for (const c of this.#controls) if (!c.labelled && !c.focus.labels?.length) c.focus.setAttribute("aria-label", c.focus.placeholder || c.name);
  }

  #button(el) {
    const type = el.getAttribute("type") ?? "action";
    const wanted = (el.getAttribute("class") ?? "").match(/primary-link|destructive-link|primary|secondary|tertiary|destructive/)?.[0];
    const style = wanted ?? (type === "reset" ? "tertiary" : "primary");
    const name = el.getAttribute("name") ?? "";
    const unchecked = ["true", "formnovalidate", ""].includes(attr(el, "formnovalidate"));
    const run = type === "reset" ? () => this.#reset() : () => this.#submit(name, unchecked);
    return h("button", { type: "button", class: `button button-${style}`, name, title: el.getAttribute("title"), "data-action": type, onclick: run }, el.textContent.trim() || name);
  }

  #enter(event) {
    if (event.key !== "Enter" || event.defaultPrevented || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    this.#fieldset.querySelector('button[data-action="action"]')?.click();
  }

  async #submit(name, unchecked) {
    if (!unchecked && !this.#valid()) return;
    this.#lock("Sending…");
    try {
      await this.context.act(this.id, name, values(this.#controls));
      this.#sent();
      if (document.activeElement === document.body) $("composer").focus(); // the button that was pressed is disabled
    } catch (refused) {
      this.#fieldset.disabled = false;
      this.#say(refused.message, "error");
    }
  }

  #sent() {
    if (!this.multi) return this.#lock("Submitted. A form is used once.");
    this.#fieldset.disabled = false;
    this.#say("Submitted.");
    if (this.multi === "reset") this.#reset();
  }

  #valid() {
    const wrong = this.#controls.filter((c) => !c.check());
    const groups = this.#controls.filter((c) => c.required && c.group && !this.#controls.some((o) => o.name === c.name && o.read() !== undefined));
    const first = wrong[0] ?? groups[0];
    first?.focus.focus();
    this.#say(first ? "Fill in what is marked first." : "", "error");
    return !first;
  }

  #reset() {
    for (const control of this.#controls) control.reset();
  }

  #lock(note) {
    this.#fieldset.disabled = true;
    this.#say(note);
  }

  #say(note, look = "") {
    this.#note.textContent = note;
    this.#note.dataset.look = look;
  }
}

/** Unticked boxes are absent; fields of one name become a list. */
function values(controls) {
  const out = {};
  for (const control of controls) {
    const value = control.read();
    if (value === undefined) continue;
    out[control.name] = control.name in out ? [out[control.name], value].flat() : value;
  }
  return out;
}
