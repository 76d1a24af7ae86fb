// PresentationML on the screen. The markup is parsed into an inert document and
// copied element by element: what is not known here does not reach the page.

import { attr, h, is, kind } from "./dom.js";
import { Form } from "./forms.js";
import { action, dialog, link } from "./actions.js";
import { caretLines } from "./caret.js";
import { isMe, person, role } from "./store.js";

const KEPT = new Set("p h1 h2 h3 h4 h5 h6 hr br ul ol li pre b strong i em u s span sub sup code table thead tbody tfoot tr th td blockquote div small".split(" "));
const DROPPED = new Set("script style iframe object embed template head title meta link base svg math video source".split(" "));
const CLASSES = /^(tempo-(text|bg)-color--[a-z-]{1,20}|wysiwyg|label)$/;
const STYLES = ["color", "background-color", "font-weight", "font-style", "text-align", "text-decoration", "width", "white-space", "vertical-align"];
const MAX_DEPTH = 120;

// The page's policy admits this one maker of markup, used by parse alone.
const trusted = window.trustedTypes?.createPolicy("presentationml", { createHTML: (markup) => markup });

export function parse(markup) {
  const quiet = markup.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style=")); // the policy reports even an inert style attribute
  const source = trusted ? trusted.createHTML(quiet) : quiet;
  const parser = new DOMParser();
  const strict = parser.parseFromString(source, "text/xml");
  if (!strict.getElementsByTagName("parsererror").length) return strict.documentElement;
  return parser.parseFromString(source, "text/html").body;
}

export function entities(data) {
  try {
    return JSON.parse(data || "{}") ?? {};
  } catch {
    return {};
  }
}

/** context: {message, act(formId, action, values)} */
export function render(message, context) {
  const walk = new Walk(context, entities(message.data));
  return h("div", { class: "pml" }, walk.children(parse(message.message ?? "")));
}

class Walk {
  form = null;
  #depth = 0;

  constructor(context, data) {
    this.context = context;
    this.data = data;
  }

  children(el) {
    if (this.#depth >= MAX_DEPTH) return [];
    this.#depth++;
    const out = [...el.childNodes].map((node) => this.#node(node));
    this.#depth--;
    return out;
  }

  #node(node) {
    if (node.nodeType === Node.TEXT_NODE || node.nodeType === Node.CDATA_SECTION_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(kind(node))) return null;
    return this.#special(node) ?? this.#plain(node);
  }

  #special(el) {
    const control = this.form?.field(el, this);
    if (control) return control;
    const name = kind(el);
    if (name === "a") return link(el, this);
    if (name === "img") return image(el);
    if (name === "audio" || name === "chime") return h("span", { class: "chime" }, "🔔 Chime");
    if (name === "form") return this.#form(el);
    if (name === "ui-action" || el.classList.contains("ui-action") || /^open-(im|dialog)$/.test(attr(el, "action") ?? "")) return action(el, this);
    if (is(el, "dialog")) return dialog(el, this);
    if (el.classList.contains("info-hint")) return h("span", { class: "info-hint", title: attr(el, "title"), role: "img", "aria-label": attr(el, "title") }, "ⓘ");
    if (el.classList.contains("entity")) return this.#entity(el);
    if (is(el, "expandable-card")) return expandable(el, this);
    if (is(el, "card")) return card(el, this);
    return null;
  }

  #plain(el) {
    const name = kind(el);
    if (!KEPT.has(name)) return this.children(el);
    const out = h(name, { class: classes(el), title: el.getAttribute("title"), "data-language": attr(el, "language") });
    for (const span of ["colspan", "rowspan"]) if (/^\d{1,2}$/.test(el.getAttribute(span) ?? "")) out.setAttribute(span, el.getAttribute(span));
    if (name === "code" && el.textContent.includes("\n")) out.classList.add("lines");
    style(el, out);
    const hung = ["code", "pre"].includes(name) && !el.children.length && caretLines(el.textContent);
    out.append(...(hung || this.children(el)).flat(Infinity).filter((node) => node != null));
    return name === "table" ? h("div", { class: "table-scroll" }, out) : out;
  }

  #form(el) {
    if (this.form) return this.children(el); // forms do not nest
    const form = new Form(el, this.context);
    this.form = form;
    const content = this.children(el);
    this.form = null;
    return form.element(content);
  }

  #entity(el) {
    const entity = this.data[attr(el, "entity-id")] ?? {};
    const type = entity.type ?? "";
    const text = el.textContent;
    if (/user\.mention/i.test(type)) return mention(entity, text);
    if (/hashtag|taxonomy/i.test(type)) return h("span", { class: "tag" }, text);
    if (/fin\.security/i.test(type)) return h("span", { class: "tag tag-cash" }, text);
    if (/datetime/i.test(type) && !Number.isNaN(Date.parse(text))) return h("time", { datetime: text, title: text }, new Date(text).toLocaleString());
    return this.#plain(el);
  }
}

/** The user id of a mention's entity, as text. */
export function mentioned(entity) {
  const id = (Array.isArray(entity?.id) ? entity.id : []).find((part) => /userId$/i.test(part?.type ?? ""));
  return id === undefined ? null : String(id.value);
}

function mention(entity, text) {
  const p = person(mentioned(entity));
  const title = p && `@${p.username} · ${role(p)}`;
  return h("span", { class: `mention ${p && isMe(p.id) ? "mention-me" : ""}`, title }, text);
}

function classes(el) {
  return [...el.classList].filter((name) => CLASSES.test(name)).join(" ") || null;
}

/** Only whitelisted properties, and no value that could fetch. */
function style(from, to) {
  const text = attr(from, "style");
  if (!text) return;
  for (const declaration of text.split(";")) {
    const [property, ...value] = declaration.split(":");
    const name = property.trim().toLowerCase();
    const content = value.join(":").trim();
    if (STYLES.includes(name) && !/url|expression|var\(|\\/i.test(content)) to.style.setProperty(name, content);
  }
}

/** Pictures come inside the message or not at all. */
function image(el) {
  const src = el.getAttribute("src") ?? "";
  const alt = el.getAttribute("alt") ?? "";
  if (/^data:image\/(png|jpeg|gif|webp);base64,/i.test(src)) return h("img", { src, alt });
  return h("span", { class: "missing-image", title: src }, `🖼 ${alt || "image from elsewhere, not loaded"}`);
}

function part(el, name, cls) {
  return [...el.children].find((child) => kind(child) === name || child.classList.contains(cls));
}

function card(el, walk) {
  const header = part(el, "header", "cardHeader");
  const body = part(el, "body", "cardBody");
  if (!header && !body) return h("div", { class: "card" }, walk.children(el));
  return h("div", { class: "card card-bar" },
    header && h("div", { class: "card-header" }, walk.children(header)),
    body && h("div", { class: "card-body" }, walk.children(body)));
}

function expandable(el, walk) {
  const header = part(el, "header", "expandableCardHeader");
  const body = part(el, "body", "expandableCardBody");
  const state = attr(el, "state") ?? "collapsed";
  const error = body && attr(body, "variant") === "error";
  const inside = h("div", { class: "card-body" }, body ? walk.children(body) : walk.children(el));
  const out = h("details", { class: `card expandable ${error ? "card-error" : ""}`, open: state !== "collapsed" },
    h("summary", { class: "card-header" }, h("span", { class: "card-title" }, header ? walk.children(header) : "Details")), inside);
  if (state === "cropped") crop(out, inside);
  return out;
}

function crop(card, body) {
  body.classList.add("cropped");
  const more = h("button", { type: "button", class: "link", onclick: () => { body.classList.remove("cropped"); more.remove(); } }, "Show more");
  card.append(h("div", { class: "card-more" }, more));
}
