// The controls a form can hold. Each gives {name, id, node, focus, required,
// read(), check(), reset()}; read is undefined for what is not sent.

import { attr, h, is, kind, set } from "./dom.js";
import { picker } from "./picker.js";

let counter = 0;

export function field(el, walk) {
  const make = maker(el);
  if (!make) return null;
  const base = { name: attr(el, "name") ?? "", id: el.getAttribute("id"), required: attr(el, "required") === "true" || attr(el, "required") === "required" };
  const control = make(el, base, walk);
  control.focus.id = `field-${counter++}`;
  set(control.focus, { name: control.group || base.name, required: base.required, title: attr(el, "title") });
  return captioned(el, control);
}

function maker(el) {
  const name = kind(el);
  const type = name === "input" ? (el.getAttribute("type") ?? "text") : "";
  if (name === "text-field" || ["text", "password"].includes(type)) return text;
  if (name === "textarea") return textarea;
  if (name === "select") return select;
  if (name === "checkbox" || type === "checkbox") return box("checkbox");
  if (name === "radio" || type === "radio") return box("radio");
  if (name === "date-picker" || type === "date" || el.classList.contains("date-picker")) return typed("date");
  if (name === "time-picker" || type === "time" || el.classList.contains("time-picker")) return typed("time");
  if (is(el, "timezone-picker")) return timezone;
  if (is(el, "person-selector")) return people;
  if (is(el, "room-selector")) return rooms;
  return null;
}

/** A label written as an attribute becomes one; a place for the fault is added. */
function captioned(el, control) {
  const fault = h("span", { class: "field-fault", id: `${control.focus.id}-fault` });
  const caption = el.getAttribute("label");
  const label = caption && h("label", { for: control.focus.id }, caption, control.required && h("span", { class: "required", "aria-hidden": "true" }, " *"));
  control.labelled = Boolean(label) || control.labelled;
  if (!control.inline) control.node = h("div", { class: "field" }, label, control.node, fault);
  const check = control.check ?? (() => "");
  control.check = () => {
    const wrong = check();
    fault.textContent = wrong;
    set(control.focus, { "aria-invalid": wrong ? "true" : null, "aria-describedby": wrong ? fault.id : null });
    return !wrong;
  };
  control.focus.addEventListener("input", () => fault.textContent && control.check());
  return control;
}

function simple(base, input, initial, check) {
  input.value = initial;
  const must = () => (base.required && !input.value ? "Fill this in." : (check?.(input.value) ?? ""));
  return { ...base, node: input, focus: input, read: () => input.value, check: must, reset: () => (input.value = initial) };
}

function text(el, base) {
  const masked = attr(el, "masked") === "true" || el.getAttribute("type") === "password";
  const input = h("input", { type: masked ? "password" : "text", class: "input", placeholder: attr(el, "placeholder"), maxlength: number(el, "maxlength"), readonly: attr(el, "readonly") === "true", autocomplete: "off" });
  return simple(base, input, el.getAttribute("value") ?? el.textContent ?? "", rules(el));
}

function textarea(el, base) {
  const area = h("textarea", { class: "input", placeholder: attr(el, "placeholder"), maxlength: number(el, "maxlength"), rows: number(el, "rows") ?? 3 });
  return simple(base, area, el.textContent ?? "", rules(el));
}

/** minlength and pattern hold only for what was filled in. */
function rules(el) {
  const least = number(el, "minlength") ?? 0;
  const pattern = attr(el, "pattern");
  const message = attr(el, "pattern-error-message") ?? "This does not have the right form.";
  return (value) => {
    if (value && value.length < least) return `At least ${least} characters.`;
    return value && pattern && !matches(pattern, value) ? message : "";
  };
}

function matches(pattern, value) {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(value);
  } catch {
    return true;
  }
}

function number(el, name) {
  const value = attr(el, name);
  return /^\d{1,5}$/.test(value ?? "") ? value : null;
}

function select(el, base) {
  const multiple = ["true", "multiple", ""].includes(attr(el, "multiple"));
  const options = [...el.getElementsByTagName("*")].filter((child) => kind(child) === "option");
  const chosen = options.map((o) => o.hasAttribute("selected") && o.getAttribute("selected") !== "false");
  const placeholder = !multiple && !chosen.includes(true) && h("option", { value: "" }, attr(el, "placeholder") ?? "Choose…");
  const make = (o, n) => set(h("option", { value: o.getAttribute("value") ?? "" }, o.textContent), { selected: chosen[n] });
  const list = h("select", { class: "input", multiple, size: multiple ? Math.min(Math.max(options.length, 2), 8) : null }, placeholder, options.map(make));
  const read = () => (multiple ? [...list.selectedOptions].map((o) => o.value) : list.value);
  const empty = () => (multiple ? read().length === 0 : !list.value);
  const reset = () => [...list.options].forEach((o) => (o.selected = o.defaultSelected));
  return { ...base, node: list, focus: list, read, check: () => (base.required && empty() ? "Choose one." : ""), reset };
}

function box(type) {
  return (el, base, walk) => {
    const initial = ["true", "checked", ""].includes(el.getAttribute("checked"));
    const input = h("input", { type, checked: initial, value: el.getAttribute("value") ?? "on" });
    const group = type === "radio" && `${walk.context.message.messageId}-${walk.form.id}-${base.name}`; // radios of two messages must not meet
    const own = [...el.childNodes].length > 0; // MessageML: the label is the content
    const node = own ? h("label", { class: "check" }, input, " ", walk.children(el)) : input;
    const read = () => (input.checked ? input.value : undefined);
    return { ...base, node, focus: input, inline: true, group, labelled: own, read, reset: () => (input.checked = initial) };
  };
}

function typed(type) {
  return (el, base) => {
    const input = h("input", { type, class: "input", min: attr(el, "min"), max: attr(el, "max"), step: type === "time" ? "1" : null });
    const control = simple(base, input, attr(el, "value") ?? "");
    const seconds = (value) => (type === "time" && /^\d\d:\d\d$/.test(value) ? `${value}:00` : value);
    return { ...control, read: () => seconds(input.value) };
  };
}

function timezone(el, base) {
  const zones = Intl.supportedValuesOf?.("timeZone") ?? ["UTC"];
  const list = h("select", { class: "input" }, h("option", { value: "" }, attr(el, "placeholder") ?? "Choose…"), zones.map((zone) => h("option", { value: zone }, zone)));
  return simple(base, list, attr(el, "value") ?? "");
}

function people(el, base) {
  const ids = (attr(el, "value") ?? "").match(/\d+/g) ?? [];
  const list = picker({ ids, placeholder: attr(el, "placeholder") ?? "Add people", name: base.name });
  return { ...base, ...list, check: () => (base.required && list.read().length === 0 ? "Choose somebody." : "") };
}

function rooms(el, base) {
  const wanted = (attr(el, "value") ?? "").match(/[\w+/=-]+/g) ?? [];
  const list = picker({ ids: wanted, placeholder: attr(el, "placeholder") ?? "Add rooms or people", name: base.name, rooms: true });
  const empty = () => list.read().userIds.length + list.read().streamIds.length === 0;
  return { ...base, ...list, check: () => (base.required && empty() ? "Choose one." : "") };
}
