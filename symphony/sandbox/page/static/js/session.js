// Being somebody: loading what they see, and following what happens.

import { Live, get, post, query } from "./api.js";
import { loadChats, loadFaults, loadFeeds, loadManifest, loadPeople } from "./load.js";
import { isBot, isBotChat, isMe, personByUsername, store, tell, urlSafe } from "./store.js";

const REMEMBERED = "sandbox.me";
const DEFAULT = "bob"; // a newcomer is somebody who may do things

const live = new Live({ onframe: receive, onstate: connection });

let said = Promise.resolve(); // what is said is sent in the order in which it was said

export async function start() {
  await loadPeople();
  await Promise.all([loadManifest(), loadFeeds(), loadFaults()]);
  const asked = address();
  window.addEventListener("hashchange", followAddress);
  document.addEventListener("visibilitychange", seeOpen);
  await become(asked.as ?? remembered() ?? DEFAULT, asked.chat);
}

export async function become(username, chat) {
  const p = personByUsername(username) ?? personByUsername(DEFAULT) ?? store.people[0];
  const stay = store.me && store.open;
  store.me = p;
  store.waiting = null;
  try {
    localStorage.setItem(REMEMBERED, p.username);
  } catch { /* a browser without storage still works */ }
  tell("me");
  live.connect(p.username);
  await loadChats();
  const home = await botChat();
  if (store.me === p) await open(chat ?? (store.chats.has(stay) ? stay : home));
}

function remembered() {
  try {
    return localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

function address() {
  const values = new URLSearchParams(location.hash.slice(1));
  return { as: values.get("as"), chat: values.get("chat") };
}

function writeAddress() {
  const hash = "#" + new URLSearchParams({ as: store.me.username, chat: store.open ?? "" });
  if (location.hash === hash) return;
  if (location.hash) history.pushState(null, "", hash);
  else history.replaceState(null, "", hash);
}

async function followAddress() {
  const asked = address();
  if (asked.as && asked.as !== store.me.username) await become(asked.as, asked.chat);
  else if (asked.chat && urlSafe(asked.chat) !== store.open) await open(asked.chat);
}

/** The 1:1 chat with the bot, opened if there is none yet. */
async function botChat() {
  for (const [id, chat] of store.chats) if (isBotChat(chat)) return id;
  if (!store.bot) return store.chats.keys().next().value ?? null;
  return chatWith(store.bot.username).catch(() => null);
}

export async function chatWith(...usernames) {
  const { streamId } = await post("chats", { as: store.me.username, with: usernames });
  await loadChats();
  return urlSafe(streamId);
}

/** A room that somebody makes in their client, with others in it. */
export async function openRoom(name, others) {
  const body = { as: store.me.username, name, members: others.map((p) => p.username), crossPod: others.some((p) => p.external) };
  const { streamId } = await post("rooms", body);
  await loadChats();
  return urlSafe(streamId);
}

/** Shows a conversation, or the gate of a room one is not in. */
export async function open(streamId) {
  if (!streamId) return;
  const id = urlSafe(streamId);
  store.open = id;
  store.waiting = store.waiting?.streamId === id ? store.waiting : null;
  try {
    await loadOpen();
  } catch (refused) {
    if (store.open === id) await shut(id, refused);
  }
  writeAddress();
}

async function loadOpen() {
  const { open: id, me } = store;
  const answer = await get(query(`chats/${encodeURIComponent(id)}`, { as: me.username }));
  if (store.open !== id || store.me !== me) return;
  Object.assign(store, { gate: null, detail: answer.chat, messages: [], lines: answer.lines ?? [] });
  for (const message of answer.messages ?? []) place(message);
  store.chats.set(id, { ...store.chats.get(id), ...summary(answer.chat), unread: 0 });
  tell("open");
  tell("chats");
}

/** In the list of chats members are ids; in a conversation they are objects. */
function summary(chat) {
  const members = (chat.members ?? []).map((m) => (typeof m === "object" ? m.id : m));
  return { ...chat, members };
}

/** Only a public room tells its name to somebody who is not in it. */
async function shut(id, refused) {
  const pod = await get("state").catch(() => ({}));
  const room = (pod.rooms ?? []).find((r) => urlSafe(r.streamId) === id);
  const gate = { streamId: id, message: refused.message, status: refused.status, known: Boolean(room), public: room?.public === true };
  if (gate.public) gate.name = room.name;
  Object.assign(store, { gate, detail: null, messages: [], lines: [] });
  tell("open");
  tell("chats");
}

export async function join(streamId) {
  await post("join", { as: store.me.username, streamId });
  await loadChats();
  await open(streamId);
}

export async function leave(streamId) {
  await post("leave", { as: store.me.username, streamId });
  await loadChats();
  await open(await botChat());
}

export async function say(text, mentions) {
  const to = store.open;
  await converse("say", { as: store.me.username, to, text, mentions });
}

export async function edit(messageId, text, mentions) {
  await converse("edit", { as: store.me.username, messageId, text, mentions });
}

export async function act(messageId, formId, action, values) {
  await converse("act", { as: store.me.username, messageId, formId, action, values });
}

let asked = null; // stream id of the conversation in which the bot has not answered what was said here last

async function converse(verb, body) {
  const streamId = store.open;
  asked = streamId;
  expectAnswer(streamId);
  const answer = said.then(() => post(verb, body));
  said = answer.catch(() => {});
  try {
    const { message } = await answer;
    if (verb !== "act" && message?.message) receive({ kind: "message", message });
  } catch (refused) {
    answered(streamId);
    throw refused;
  }
}

function expectAnswer(streamId) {
  if (!isBotChat(store.chats.get(streamId))) return;
  store.waiting = { streamId, since: Date.now() };
  tell("waiting");
}

function answered(streamId) {
  if (store.waiting?.streamId !== streamId) return;
  store.waiting = null;
  tell("waiting");
}

async function connection(state) {
  const back = state === "live" && store.connection === "lost";
  store.connection = state;
  tell("connection");
  if (back) await resume().catch(() => {});
  else if (state === "live") await refreshDetail(); // what came between the first look and the connection
}

/** After a lost connection: what was missed is read again. */
async function resume() {
  await loadPeople();
  await Promise.all([loadChats(), loadManifest(), loadFeeds(), loadFaults()]);
  await open(store.chats.has(store.open) || store.gate ? store.open : await botChat());
  tell("resume");
}

function receive(frame) {
  const run = {
    message: () => receiveMessage(frame.message),
    chat: () => receiveChat(frame.chat),
    wire: () => tell("calls", frame.calls ?? [frame.call]),
    feeds: () => Object.assign(store, { feeds: frame.feeds ?? [] }) && tell("feeds"),
    faults: () => Object.assign(store, { faults: frame.faults ?? [] }) && tell("faults"),
    manifest: () => loadManifest(),
    record: () => tell("record"),
    reset: () => restart(),
  }[frame.kind];
  run?.();
}

async function restart() {
  store.open = null;
  tell("reset");
  await Promise.all([loadPeople(), loadFeeds(), loadFaults()]);
  await become(store.me.username);
  tell("resume");
}

function receiveMessage(message) {
  const id = urlSafe(message.streamId);
  const answer = isBot(message.from.id) && asked === id;
  if (answer) asked = null;
  if (isBot(message.from.id)) answered(id);
  if (id === store.open && store.detail) {
    place(message);
    tell("messages", answer ? message.messageId : null);
  }
}

/** Puts a message where it belongs: an edit takes the place of what it replaces. */
function place(message) {
  const at = store.messages.findIndex((m) => root(m) === root(message) || m.messageId === message.replacing);
  if (at < 0) store.messages.push({ ...message, first: message.timestamp });
  else if (store.messages[at].timestamp <= message.timestamp) store.messages[at] = { ...message, first: store.messages[at].first };
}

const root = (m) => m.initialMessageId || m.messageId;

async function receiveChat(chat) {
  const id = urlSafe(chat.streamId);
  if (chat.gone) return forget(id);
  const seen = id === store.open && document.visibilityState === "visible";
  store.chats.set(id, { ...store.chats.get(id), ...summary(chat), ...(seen ? { unread: 0 } : {}) });
  tell("chats");
  if (id === store.open) await refreshDetail();
}

/** Who comes back to the tab sees what is open in it. */
function seeOpen() {
  const chat = store.chats.get(store.open);
  if (document.visibilityState !== "visible" || !chat?.unread) return;
  chat.unread = 0;
  tell("chats");
}

function forget(id) {
  store.chats.delete(id);
  tell("chats");
  if (id === store.open) shut(id, { message: "You are no longer in this room.", status: 403 });
}

let refreshing = false;

/** Members, badges and missed messages of the open conversation. */
async function refreshDetail() {
  if (refreshing || !store.open) return;
  refreshing = true;
  await new Promise((done) => setTimeout(done, 60)); // many members often join at once
  refreshing = false;
  const { open: id, me } = store;
  const answer = await get(query(`chats/${encodeURIComponent(id)}`, { as: me.username })).catch(() => null);
  if (!answer || store.open !== id || store.me !== me) return;
  const shutBefore = store.gate;
  const before = ids();
  Object.assign(store, { gate: null, detail: answer.chat, lines: answer.lines ?? [] });
  for (const message of answer.messages ?? []) place(message);
  tell(shutBefore ? "open" : "detail");
  if (!shutBefore && ids() !== before) tell("messages");
}

const ids = () => [...store.messages.map((m) => m.messageId), ...store.lines.map((line) => line.id)].join();
