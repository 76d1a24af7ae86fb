// Building elements, and reading those of messages. Text only ever becomes a text node.

const SVG = "http://www.w3.org/2000/svg";

/** h("button", {class: "x", onclick: f, hidden: true, "aria-label": "…"}, child, "text", [more]) */
export function h(tag, attributes = {}, ...children) {
  const el = document.createElement(tag);
  set(el, attributes);
  append(el, children);
  return el;
}

export function set(el, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) el.removeAttribute(name);
    else if (typeof value === "function") el.addEventListener(name.slice(2), value);
    else el.setAttribute(name, value === true ? "" : String(value));
  }
  return el;
}

function append(el, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== undefined && child !== null && child !== false) el.append(child);
  }
}

export function fill(el, ...children) {
  el.replaceChildren();
  append(el, children);
  return el;
}

/** Gives an element these children in this order; those that stay are not touched. */
export function sync(el, wanted) {
  const keep = new Set(wanted);
  for (const child of [...el.children]) if (!keep.has(child)) child.remove();
  wanted.forEach((child, n) => el.children[n] !== child && el.insertBefore(child, el.children[n] ?? null));
}

/** Attributes are written plainly in MessageML and often as data-… in PresentationML. */
export function attr(el, name) {
  return el.getAttribute(name) ?? el.getAttribute(`data-${name}`);
}

export const kind = (el) => el.localName.toLowerCase();
export const is = (el, name) => kind(el) === name || el.classList.contains(name);

export const $ = (id) => document.getElementById(id);

const PATHS = {
  send: "M4 12 20 4l-5.5 16-3-6.5L4 12zM11.5 13.5 20 4",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M20 14.5A8.2 8.2 0 0 1 9.5 4 8.2 8.2 0 1 0 20 14.5z",
  panel: "M4 5h16v14H4zM14 5v14",
  edit: "M4 20h4L19 9l-4-4L4 16v4zM13.5 6.5l4 4",
  source: "M9 7l-5 5 5 5M15 7l5 5-5 5",
  plus: "M12 5v14M5 12h14",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  chevron: "M7 10l5 5 5-5",
  close: "M6 6l12 12M18 6L6 18",
  people: "M9 11a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 9 11zM3 19.5c.4-3.6 2.7-5.5 6-5.5s5.600 1.900 6 5.500M16 11a2.700 2.700 0 1 0-1-5.200M17 14.200c2.300.4 3.700 2.200 4 5.300",
  room: "M9 4 7 20M17 4l-2 16M4.500 9h16M3.500 15h16",
  down: "M12 5v14M6 13l6 6 6-6",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
};

export function icon(name, size = 18) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  const shape = { viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", class: "icon" };
  for (const [key, value] of Object.entries(shape)) svg.setAttribute(key, value);
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

let toastTimer;

/** A short sentence in the corner, read out by screen readers. */
export function toast(sentence) {
  const el = $("toast");
  el.textContent = sentence;
  el.dataset.shown = "yes";
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => delete el.dataset.shown, 3500);
}

export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied`);
  } catch {
    toast("The browser did not allow copying");
  }
}

/** Opens the one modal dialog; Esc and the close button end it. */
export function modal(title, ...content) {
  const dialog = $("modal");
  const close = h("button", { type: "button", class: "quiet square", "aria-label": "Close", onclick: () => dialog.close() }, icon("close"));
  fill(dialog, h("div", { class: "modal-head" }, h("h2", { id: "modal-title" }, title), close), h("div", { class: "modal-body" }, content));
  if (!dialog.open) dialog.showModal();
  return dialog;
}
