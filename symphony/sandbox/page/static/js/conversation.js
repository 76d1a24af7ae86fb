// The messages of the open conversation, kept in place while new ones arrive,
// so that a half-filled form survives.

import { $, fill, h, toast } from "./dom.js";
import { day, messageElement } from "./message.js";
import { avatar } from "./people.js";
import { act, join } from "./session.js";
import { isBotChat, on, person, store } from "./store.js";

const GROUPED_MS = 5 * 60_000;
const PATIENCE_MS = 8000;

let shown = new Map(); // message id -> {message, element}
let timer;
let stuck = true; // the end is in view, and stays there when the log shrinks

export function mountConversation({ edit }) {
  const log = $("log");
  const actions = { edit, act };
  on("open me", () => {
    shown = new Map();
    draw(log, actions);
    toEnd(log);
  });
  on("messages", () => {
    const follow = atEnd(log);
    const own = store.messages.at(-1)?.from.username === store.me.username;
    draw(log, actions);
    if (follow || own) toEnd(log);
    else $("jump").hidden = false;
  });
  on("waiting feeds", () => keepEnd(log, () => drawWaiting(log)));
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

function keepEnd(log, run) {
  const follow = atEnd(log);
  run();
  if (follow) toEnd(log);
}

function draw(log, actions) {
  if (store.gate) return fill(log, gate(store.gate));
  if (!store.messages.length) fill(log, welcome());
  else sync(log, items(actions));
  drawWaiting(log);
}

/** The elements that should stand in the log, in order; unchanged messages keep theirs. */
function items(actions) {
  const out = [];
  const next = new Map();
  let before = null;
  for (const message of store.messages) {
    if (!before || day(before.timestamp) !== day(message.timestamp)) out.push(h("div", { class: "day" }, h("span", {}, day(message.timestamp))));
    const kept = shown.get(message.messageId);
    const element = kept && unchanged(kept.message, message) ? kept.element : messageElement(message, actions);
    element.classList.toggle("message-follow", grouped(before, message));
    next.set(message.messageId, { message, element });
    out.push(element);
    before = message;
  }
  shown = next;
  return out;
}

const unchanged = (a, b) => a.message === b.message && a.data === b.data && JSON.stringify(a.forms) === JSON.stringify(b.forms);

function grouped(before, message) {
  return Boolean(before) && before.from.id === message.from.id && message.timestamp - before.timestamp < GROUPED_MS && day(before.timestamp) === day(message.timestamp);
}

function sync(log, wanted) {
  const keep = new Set(wanted);
  for (const child of [...log.children]) if (!keep.has(child)) child.remove();
  wanted.forEach((element, n) => log.children[n] !== element && log.insertBefore(element, log.children[n] ?? null));
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

/** A sign that the bot owes an answer; after a while it says where to look. */
function drawWaiting(log) {
  log.querySelector(".waiting")?.remove();
  clearTimeout(timer);
  const waiting = store.waiting;
  if (!waiting || waiting.streamId !== store.open) return;
  const left = PATIENCE_MS - (Date.now() - waiting.since);
  const bot = person(store.bot.id);
  const late = store.feeds.length ? "has not answered yet. Datafeed and Wire show what it is doing." : "is not connected: nothing reads the datafeed.";
  const sign = left > 0 ? h("span", { class: "dots", "aria-label": `${bot.displayName} is working` }, h("i"), h("i"), h("i")) : h("span", {}, `${bot.displayName} ${late}`);
  log.append(h("div", { class: "waiting" }, sign));
  if (left > 0) timer = setTimeout(() => keepEnd(log, () => drawWaiting(log)), left);
}
