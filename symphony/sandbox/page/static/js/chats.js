// Who I am, and my chats.

import { $, fill, h, icon, modal, toast } from "./dom.js";
import { avatar, badges, personRow } from "./people.js";
import { become, chatWith, open } from "./session.js";
import { isBotChat, isMe, marks, on, person, role, store, urlSafe } from "./store.js";

export function mountSidebar() {
  on("me people", drawIdentity);
  on("chats open me people", drawChats);
  const start = h("button", { type: "button", class: "quiet wide", onclick: newChat }, icon("plus", 16), " New chat");
  fill($("new-chat"), start);
}

/** A real select lies over the card, so keyboard, screen readers and tests find a plain one. */
function drawIdentity() {
  const me = store.me;
  if (!me) return;
  const option = (p) => h("option", { value: p.username, selected: isMe(p.id) }, `${p.displayName} · ${role(p)}${marks(p).map(([text]) => ` · ${text.toLowerCase()}`).join("")}`);
  const select = h("select", { id: "person", "data-testid": "person-select", "aria-label": "Who you are", onchange: (event) => choose(event.target.value) },
    store.people.filter((p) => p.active !== false).map(option));
  fill($("identity"),
    h("p", { class: "eyebrow" }, "You are"),
    h("div", { class: "identity-card" }, avatar(me),
      h("span", { class: "person-text" }, h("span", { class: "person-name" }, me.displayName, badges(me)), h("span", { class: "person-role", title: me.about }, role(me))),
      icon("chevron"), select));
}

async function choose(username) {
  await become(username).catch((refused) => toast(refused.message));
  $("person")?.focus();
}

function drawChats() {
  const entries = [...store.chats].map(([id, chat]) => ({ id, chat }));
  const when = (e) => new Date(e.chat.lastMessage?.timestamp ?? e.chat.created ?? 0).getTime();
  const latest = (a, b) => isBotChat(b.chat) - isBotChat(a.chat) || when(b) - when(a);
  const section = (title, type) => {
    const list = entries.filter((e) => (e.chat.type === "ROOM") === (type === "ROOM")).sort(latest);
    return [h("h2", { class: "eyebrow" }, title), list.length ? h("ul", { class: "chat-list" }, list.map(item)) : h("p", { class: "none" }, "None yet")];
  };
  const nav = $("chats");
  const focused = document.activeElement?.dataset?.chat;
  fill(nav, section("Chats", "IM"), section("Rooms", "ROOM"));
  if (focused && nav.contains(document.activeElement) === false) nav.querySelector(`[data-chat="${CSS.escape(focused)}"]`)?.focus();
}

function item({ id, chat }) {
  const other = chat.type === "ROOM" ? null : person((chat.members ?? []).find((m) => !isMe(m)));
  const name = other?.displayName ?? chat.name;
  const current = id === store.open;
  const unread = chat.unread > 0 && !current;
  const face = other ? avatar(other) : h("span", { class: "avatar avatar-room", "aria-hidden": "true" }, icon("room", 17));
  const last = chat.lastMessage?.text?.replace(/\(https?:[^)]*\)/g, "").replace(/\s+/g, " ").trim();
  return h("li", {}, h("button", { type: "button", class: "chat-item", "data-testid": "chat-item", "data-chat": id, "data-name": name, "aria-current": current ? "page" : null, onclick: () => open(id) },
    face, h("span", { class: "chat-text" },
      h("span", { class: "chat-name" }, name, chat.active === false && h("span", { class: "badge badge-danger" }, "Off")),
      h("span", { class: "chat-last" }, last || (other ? role(other) : "No messages yet"))),
    unread && h("span", { class: "unread", "aria-label": `${chat.unread} unread` }, chat.unread > 99 ? "99+" : String(chat.unread))));
}

function newChat() {
  const others = store.people.filter((p) => !isMe(p.id));
  const begin = async (p) => {
    dialog.close();
    await chatWith(p.username).then(open, (refused) => toast(refused.message));
    $("composer").focus();
  };
  const row = (p) => h("li", {}, h("button", { type: "button", class: "choice", onclick: () => begin(p) }, personRow(p)));
  const dialog = modal("New chat", h("ul", { class: "choices" }, others.map(row)));
}

export const chatName = () => store.chats.get(urlSafe(store.open ?? ""))?.name ?? "";
