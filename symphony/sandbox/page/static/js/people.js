// How a person looks, wherever they appear.

import { h } from "./dom.js";
import { isBot, marks, role } from "./store.js";

export function initials(name) {
  const parts = name.replace(/[^\p{L}\s]/gu, "").split(/\s+/).filter(Boolean);
  return ((parts[0]?.[0] ?? "?") + (parts.length > 1 ? parts.at(-1)[0] : "")).toUpperCase();
}

export function avatar(p, size = "") {
  const bot = p.bot || isBot(p.id);
  const mark = bot ? h("img", { src: "icon.svg", alt: "" }) : initials(p.displayName ?? p.name ?? "?");
  return h("span", { class: `avatar ${size} ${bot ? "avatar-bot" : ""}`, "data-tint": tint(p), "aria-hidden": "true" }, mark);
}

/** One of six quiet tints, always the same for a person. */
const tint = (p) => Number(String(p.id ?? 0).slice(-6)) % 6;

export function badge(text, kind = "") {
  return h("span", { class: `badge ${kind && `badge-${kind}`}` }, text);
}

export function badges(p) {
  return marks(p).map(([text, kind]) => badge(text, kind));
}

/** Avatar, name, role: a row of a list. */
export function personRow(p) {
  return h("span", { class: "person-row" }, avatar(p, "small"),
    h("span", { class: "person-text" }, h("span", { class: "person-name" }, p.displayName, badges(p)), h("span", { class: "person-role" }, `@${p.username} · ${role(p)}`)));
}
