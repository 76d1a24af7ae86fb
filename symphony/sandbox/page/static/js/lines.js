// System lines: what changed in a room, between its messages, as clients show it.

import { h } from "./dom.js";
import { isMe, person } from "./store.js";

const NAMED = 3; // people before "and n others"

/** What stands in the log, oldest first: {message}, or {lines} of one person between two messages. */
export function withLines(messages, lines) {
  const out = [];
  let next = 0;
  const before = (time) => {
    const from = next;
    while (next < lines.length && lines[next].timestamp <= time) next++;
    for (const line of lines.slice(from, next)) {
      if (out.at(-1)?.lines?.[0].by === line.by) out.at(-1).lines.push(line);
      else out.push({ lines: [line] });
    }
  };
  for (const message of messages) {
    before(message.first);
    out.push({ message });
  }
  before(Infinity);
  return out;
}

export function lineElement(lines) {
  return h("p", { class: "system-line", "data-testid": "system-line" }, sentence(lines));
}

/** "Roombot opened the room, added Bob Chen and Alice Martin, and made Bob Chen an owner." */
export function sentence(lines) {
  const acts = new Map();
  for (const line of lines) {
    const own = line.user === line.by ? "own " : "";
    const key = `${own}${line.kind} ${line.name ?? ""}`;
    if (!acts.has(key)) acts.set(key, []);
    acts.get(key).push(line);
  }
  const { by } = lines[0];
  return `${isMe(by) ? "You" : nameOf(by)} ${join([...acts.values()].map(phrase), ", and ")}.`;
}

function phrase(lines) {
  const { kind, name, user, by } = lines[0];
  const whom = join(names([...new Set(lines.map((line) => line.user))]), " and ");
  const owners = lines.length > 1 ? "owners" : "an owner";
  return {
    roomCreated: () => "opened the room",
    roomUpdated: () => (name ? `renamed the room to “${name}”` : "changed the room"),
    roomDeactivated: () => "closed the room",
    roomReactivated: () => "opened the room again",
    userJoinedRoom: () => (user === by ? "joined" : `added ${whom}`),
    userLeftRoom: () => (user === by ? "left" : `removed ${whom}`),
    roomMemberPromotedToOwner: () => `made ${whom} ${owners}`,
    roomMemberDemotedFromOwner: () => `removed ${whom} as ${lines.length > 1 ? "owners" : "owner"}`,
  }[kind]?.() ?? kind;
}

function names(ids) {
  const all = ids.map((id) => (isMe(id) ? "you" : nameOf(id)));
  if (all.length <= NAMED + 1) return all;
  return [...all.slice(0, NAMED), `${all.length - NAMED} others`];
}

const nameOf = (id) => person(id)?.displayName ?? "Somebody";

function join(parts, last) {
  if (parts.length < 2) return parts[0] ?? "";
  const and = parts.length === 2 ? " and " : last;
  return parts.slice(0, -1).join(", ") + and + parts.at(-1);
}
