// One message of a conversation.

import { copy, h, icon, modal } from "./dom.js";
import { avatar, badges } from "./people.js";
import { render } from "./presentationml.js";
import { isBot, isMe, person } from "./store.js";

/** actions: {edit(message), act(messageId, formId, action, values)} */
export function messageElement(message, actions) {
  const from = person(message.from.id) ?? message.from;
  const act = (...rest) => actions.act(message.messageId, ...rest);
  const element = h("article", { class: "message", "data-testid": "message", "data-message": message.messageId, "data-from": from.username ?? "", "data-own": isMe(from.id) ? "yes" : null },
    avatar(from),
    h("div", { class: "message-main" },
      h("header", { class: "message-head" },
        h("span", { class: "message-from" }, from.displayName),
        isBot(from.id) ? h("span", { class: "badge badge-bot" }, "Bot") : badges(from),
        h("time", { datetime: new Date(message.timestamp).toISOString() }, clock(message.timestamp)),
        message.replacing && h("span", { class: "message-edited" }, "edited")),
      render(message, { message, act }), files(message.attachments ?? [])),
    tools(message, actions));
  return element;
}

function files(list) {
  if (!list.length) return null;
  const size = (n) => (n < 1024 ? `${n} B` : n < 1 << 20 ? `${Math.round(n / 1024)} KB` : `${(n / (1 << 20)).toFixed(1)} MB`);
  return h("p", { class: "files" }, list.map((file) => h("span", { class: "chip chip-file" }, "📎 ", file.name, h("span", { class: "muted" }, size(file.size)))));
}

function tools(message, actions) {
  const button = (label, name, run) => h("button", { type: "button", class: "quiet square", title: label, "aria-label": label, onclick: run }, icon(name, 16));
  return h("div", { class: "message-tools" },
    isMe(message.from.id) && button("Edit", "edit", () => actions.edit(message)),
    button("Show the source", "source", () => source(message)));
}

function source(message) {
  const block = (title, text) => h("section", {}, h("div", { class: "source-head" }, h("h3", {}, title),
    h("button", { type: "button", class: "link", onclick: () => copy(text, title) }, "Copy")), h("pre", { class: "code-block", tabindex: "0" }, text || "–"));
  modal("Message source", h("p", { class: "muted mono" }, `id ${message.messageId}`), block("PresentationML", message.message), block("Data", pretty(message.data)));
}

export function pretty(text) {
  try {
    return JSON.stringify(typeof text === "string" ? JSON.parse(text) : text, null, 2) ?? "";
  } catch {
    return String(text);
  }
}

export function clock(timestamp) {
  return new Date(timestamp).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function day(timestamp) {
  const date = new Date(timestamp);
  if (date.toDateString() === new Date().toDateString()) return "Today";
  return date.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
}
