// What the page knows, and who is told when it changes.
// Topics: people, me, chats, open, messages, waiting, manifest, feeds, faults, calls, record, connection.

export const store = {
  people: [], // as the control API gives them
  groups: [],
  bot: null,
  me: null,
  chats: new Map(), // stream id -> chat
  open: null, // stream id of the conversation on screen
  detail: null, // the open chat with its room and members
  gate: null, // a room that could not be opened: {streamId, name, public, message}
  messages: [], // of the open conversation, oldest first
  lines: [], // system lines of it, oldest first
  waiting: null, // {streamId, since}: the bot owes an answer
  commands: [], // of the bot's manifest
  feeds: [],
  faults: [],
  connection: "connecting",
};

const bus = new EventTarget();

export function on(topics, run) {
  for (const topic of topics.split(" ")) bus.addEventListener(topic, (event) => run(event.detail));
}

export function tell(topic, detail) {
  bus.dispatchEvent(new CustomEvent(topic, { detail }));
}

const same = (a, b) => String(a) === String(b);

export function person(id) {
  if (store.bot && same(store.bot.id, id)) return { ...store.bot, bot: true };
  return store.people.find((p) => same(p.id, id));
}

export function personByUsername(username) {
  return store.people.find((p) => p.username === username);
}

export const isBot = (id) => Boolean(store.bot) && same(store.bot.id, id);
export const isMe = (id) => Boolean(store.me) && same(store.me.id, id);

/** The distribution list behind a group's profile id. */
export function groupByProfile(id) {
  return store.groups.find((g) => same(g.profileId, id) || same(g.id, id));
}

export function isBotChat(chat) {
  return chat?.type === "IM" && chat.members?.length === 2 && chat.members.some((id) => isBot(id));
}

/** Everybody who can be mentioned, the bot included. */
export function everybody() {
  return store.bot ? [...store.people.filter((p) => !isBot(p.id)), { ...store.bot, bot: true }] : store.people;
}

/** What stands under a name: "Head of Sales · Acme". */
export function role(p) {
  if (p.bot || isBot(p.id)) return "Service account";
  return [p.title, p.company].filter(Boolean).join(" · ") || p.about || p.username;
}

/** Facts about an account that decide what it may do. */
export function marks(p) {
  const out = [];
  if (p.external) out.push(["External", "warn"]);
  if (p.active === false) out.push(["Disabled", "danger"]);
  return out;
}

/** Stream and message ids in one spelling: URL-safe base64 without padding. */
export function urlSafe(id) {
  return id.trim().replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
