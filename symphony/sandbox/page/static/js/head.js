// The head of a conversation: with whom, or which room, and who is in it.

import { $, fill, h, icon, toast } from "./dom.js";
import { avatar, badge } from "./people.js";
import { chatWith, leave, open } from "./session.js";
import { groupByProfile, isBot, isMe, on, person, role, store } from "./store.js";

const SHOWN = 14; // members before "and n more"

let unfolded = true;

export function mountHead() {
  const head = $("conversation-head");
  on("open detail chats people", () => draw(head));
}

function draw(head) {
  const chat = store.detail;
  if (store.gate) return fill(head, h("div", { class: "head-row" }, h("span", { class: "avatar avatar-room", "aria-hidden": "true" }, icon(store.gate.public ? "room" : "lock")),
    h("h1", { class: "head-title" }, store.gate.name ?? (store.gate.known ? "Private room" : "Room"))));
  if (!chat) return fill(head);
  if (chat.type === "ROOM") return room(head, chat);
  const other = person((chat.members ?? []).map((m) => m.id ?? m).find((id) => !isMe(id))) ?? { displayName: chat.name };
  fill(head, h("div", { class: "head-row" }, avatar(other), h("div", { class: "head-text" },
    h("h1", { class: "head-title" }, other.displayName), h("p", { class: "head-sub" }, other.username ? role(other) : ""))));
}

function room(head, chat) {
  const facts = chat.room ?? {};
  const members = chat.members ?? [];
  const fold = () => {
    unfolded = !unfolded;
    draw(head);
  };
  fill(head,
    h("div", { class: "head-row" },
      h("span", { class: "avatar avatar-room", "aria-hidden": "true" }, icon(facts.public ? "room" : "lock", 18)),
      h("div", { class: "head-text" },
        h("h1", { class: "head-title", "data-testid": "room-name" }, chat.name, h("span", { class: "badges", "data-testid": "room-badges" }, roomBadges(chat, facts))),
        h("p", { class: "head-sub", title: facts.description }, facts.description || "No description")),
      h("span", { class: "spacer" }),
      h("button", { type: "button", class: "quiet", "aria-expanded": String(unfolded), "aria-controls": "members", onclick: fold }, icon("people", 17), ` ${members.length}`, h("span", { class: "sr" }, " members")),
      h("button", { type: "button", class: "quiet", onclick: () => leave(chat.streamId).catch((refused) => toast(refused.message)) }, "Leave")),
    h("ul", { class: "members", id: "members", "data-testid": "room-members", "aria-label": "Members", hidden: !unfolded }, memberItems(members)));
}

function roomBadges(chat, facts) {
  const rows = [
    [facts.public, "Public"], [!facts.public, "Private"], [chat.external || facts.crossPod, "External", "warn"], [facts.readOnly, "Read-only"],
    [facts.copyProtected, "No copying"], [facts.viewHistory, "History"], [facts.discoverable && !facts.public, "Discoverable"],
    [facts.membersCanInvite, "Members may invite"], [chat.active === false, "Deactivated", "danger"],
  ];
  return rows.filter(([holds]) => holds).map(([, text, kind]) => badge(text, kind));
}

function memberItems(members) {
  const order = (m) => (m.owner ? 0 : 2) + (isBot(m.id) ? 1 : 0) + (through(m).length ? 3 : 0);
  const sorted = [...members].sort((a, b) => order(a) - order(b));
  const rest = sorted.length - SHOWN;
  return [...sorted.slice(0, rest > 1 ? SHOWN : sorted.length).map(member), rest > 1 && h("li", { class: "member-rest" }, `and ${rest} more`)];
}

const through = (m) => m.addedThroughGroups ?? m.through ?? [];

function member(m) {
  const p = person(m.id) ?? { displayName: groupByProfile(m.id)?.name ?? String(m.id) };
  const groups = through(m).map((g) => groupByProfile(g?.id ?? g)?.name ?? g?.name ?? String(g?.id ?? g));
  const write = async () => open(await chatWith(p.username)).catch((refused) => toast(refused.message));
  const face = [avatar(p, "tiny"), h("span", { class: "member-name" }, p.displayName)];
  return h("li", { class: "member", "data-testid": "room-member", "data-username": p.username, "data-owner": m.owner ? "yes" : null },
    isMe(m.id) || !p.username ? h("span", { class: "member-face" }, face) : h("button", { type: "button", class: "member-face", title: `${role(p)}. Open a chat`, onclick: write }, face),
    isMe(m.id) && h("span", { class: "member-mark" }, "you"),
    m.owner && h("span", { class: "member-mark member-owner" }, "owner"),
    groups.length > 0 && h("span", { class: "member-mark" }, `through ${groups.join(", ")}`));
}
