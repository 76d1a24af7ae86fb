// The messages of the open conversation, kept in place while new ones arrive,
// so that a half-filled form survives.

import { $, fill, h, sync, toast } from "./dom.js";
import { lineElement, sentence, withLines } from "./lines.js";
import { day, messageElement } from "./message.js";
import { avatar } from "./people.js";
import { act, join } from "./session.js";
import { isBotChat, on, person, store } from "./store.js";

const GROUPED_MS = 5 * 60_000;
const PATIENCE_MS = 8000;

let shown = new Map(); // message id, or "day" and the id of its first message -> {message, element}
let place; // the conversation they are of
let sign = {}; // of the bot at work, as it stands in the log
let timer;
let stuck = true; // the end is in view, and stays there when the log shrinks

export function mountConversation({ edit }) {
  const log = $("log");
  const actions = { edit, act };
  on("me", () => (place = null)); // the same chat, with somebody else's eyes
  on("open", () => {
    const moved = place !== store.open;
    if (moved) shown = new Map();
    place = store.open;
    draw(log, actions);
    if (moved || stuck) toEnd(log);
  });
  on("messages", (answer) => {
    const follow = atEnd(log);
    const own = store.messages.at(-1)?.from.username === store.me.username;
    draw(log, actions);
    if (answer && enterForm(shown.get(answer)?.element)) return;
    if (follow || own) toEnd(log);
    else $("jump").hidden = false;
  });
  on("waiting feeds", () => drawWaiting(log));
  log.addEventListener("scroll", () => {
    stuck = atEnd(log);
    if (stuck) $("jump").hidden = true;
  });
  new ResizeObserver(() => stuck && toEnd(log)).observe(log);
  $("jump").addEventListener("click", () => toEnd(log));
}

const atEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < 80;

function toEnd(log) {
  stuck = true;
  log.scrollTop = log.scrollHeight;
  $("jump").hidden = true;
}

/** A form that was asked for is shown from its top, with the focus in its first field, unless something else is being written. */
function enterForm(element) {
  const field = [...(element?.querySelectorAll(".pml-form :is(input, select, textarea):enabled") ?? [])].find((one) => one.checkVisibility());
  const { activeElement: active } = document;
  const busy = $("modal").open || $("panel").contains(active) || (active?.matches("input, select, textarea") && active.value);
  if (!field || busy) return false;
  stuck = false;
  element.scrollIntoView({ block: "start" });
  field.focus({ preventScroll: true });
  return true;
}

function draw(log, actions) {
  if (store.gate) return fill(log, gate(store.gate));
  if (!store.messages.length && !store.lines.length) fill(log, welcome(), waiting(log));
  else sync(log, [...items(actions), waiting(log)].filter(Boolean));
}

/** The elements that should stand in the log, in order. What has not changed keeps its own: screen readers read out new ones. */
function items(actions) {
  const out = [];
  const next = new Map();
  let before = null; // the entry above
  for (const entry of withLines(store.messages, store.lines)) {
    if (!before || day(timeOf(before)) !== day(timeOf(entry))) out.push(separator(entry, next));
    out.push(entry.message ? messageItem(entry.message, before?.message, { next, actions }) : lineItem(entry.lines, next));
    before = entry;
  }
  shown = next;
  return out;
}

const timeOf = (entry) => (entry.message ?? entry.lines[0]).timestamp;

function messageItem(message, before, { next, actions }) {
  const kept = shown.get(message.messageId);
  const element = kept && unchanged(kept.message, message) ? kept.element : messageElement(message, actions);
  element.classList.toggle("message-follow", grouped(before, message));
  closeForms(element, message);
  next.set(message.messageId, { message, element });
  return element;
}

function lineItem(lines, next) {
  const key = `line ${lines[0].id}`;
  const kept = shown.get(key)?.element;
  const element = kept?.textContent === sentence(lines) ? kept : lineElement(lines);
  next.set(key, { element });
  return element;
}

function separator(entry, next) {
  const key = `day ${entry.message?.messageId ?? entry.lines[0].id}`;
  const date = day(timeOf(entry));
  const kept = shown.get(key)?.element;
  const element = kept?.textContent === date ? kept : h("div", { class: "day" }, h("span", {}, date));
  next.set(key, { element });
  return element;
}

const unchanged = (a, b) => a.message === b.message && a.data === b.data;

/** A form that was submitted, here or in another tab, is closed; the message's other fields keep what they hold. */
function closeForms(element, message) {
  for (const { id } of (message.forms ?? []).filter((form) => form.submitted)) {
    element.querySelector(`[data-form="${CSS.escape(id)}"]`)?.dispatchEvent(new Event("used"));
  }
}

function grouped(before, message) {
  return Boolean(before) && before.from.id === message.from.id && message.timestamp - before.timestamp < GROUPED_MS && day(before.timestamp) === day(message.timestamp);
}

function welcome() {
  const chat = store.chats.get(store.open);
  if (!isBotChat(chat)) return h("div", { class: "empty" }, h("p", {}, "No messages yet."));
  return h("div", { class: "empty" },
    avatar({ ...store.bot, bot: true }, "large"),
    h("h2", {}, `Talk to ${store.bot.displayName}`),
    h("p", {}, "Type a command as you would in Symphony, or take one of the examples below. ",
      h("kbd", {}, "/"), " lists the commands, ", h("kbd", {}, "@"), " mentions people."),
    !store.feeds.length && h("p", { class: "hint-card" }, "No bot reads the datafeed yet. Messages wait until one connects."));
}

function gate(room) {
  const enter = () => join(room.streamId).catch((refused) => toast(refused.message));
  const open = room.public === true;
  const reason = open ? "This room is public: you may join it." : room.known ? "This room is private." : room.message;
  const hint = !open && room.known && "Only its owners can let you in. To look inside, become one of its members.";
  return h("div", { class: "empty", "data-testid": "room-gate" },
    h("h2", {}, room.name ?? (room.status === 404 ? "No such room" : "You are not in this room")),
    h("p", {}, reason), hint && h("p", { class: "muted" }, hint),
    open && h("button", { type: "button", class: "button button-primary", "data-testid": "join-room", onclick: enter }, "Join the room"));
}

function drawWaiting(log) {
  const old = log.querySelector(".waiting");
  const next = waiting(log);
  if (old === next) return;
  const follow = atEnd(log);
  old?.remove();
  if (next) log.append(next);
  if (follow) toEnd(log);
}

/** A sign that the bot owes an answer, or null; after a while it says where to look. */
function waiting(log) {
  clearTimeout(timer);
  const owed = store.waiting;
  if (!owed || owed.streamId !== store.open) return (sign = { element: null }).element;
  const left = PATIENCE_MS - (Date.now() - owed.since);
  const words = `${person(store.bot.id).displayName} ${patience(left)}`;
  if (sign.words !== words) {
    const dots = () => h("span", { class: "dots", role: "img", "aria-label": words }, h("i"), h("i"), h("i"));
    sign = { words, element: h("div", { class: "waiting" }, left > 0 ? dots() : words) };
  }
  if (left > 0) timer = setTimeout(() => drawWaiting(log), left);
  return sign.element;
}

function patience(left) {
  if (left > 0) return "is working";
  return store.feeds.length ? "has not answered yet. Feeds and Wire show what it is doing." : "is not connected: nothing reads the datafeed.";
}
