// Who I am, and my chats.

import { choosePerson } from "./chooser.js";
import { $, fill, h, icon, toast } from "./dom.js";
import { fold } from "./mentions.js";
import { newChat } from "./newchat.js";
import { avatar, badges } from "./people.js";
import { become, open } from "./session.js";
import { isBotChat, isMe, on, person, role, store, urlSafe } from "./store.js";

const FILTERED = 8; // chats from which on there is a filter

let word = "";

export function mountSidebar() {
  on("me people", drawIdentity);
  on("chats open me people", drawChats);
  on("me", () => typeFilter(""));
  $("chat-filter").addEventListener("input", (event) => typeFilter(event.target.value));
  $("chat-filter").addEventListener("keydown", (event) => event.key === "Enter" && $("chats").querySelector(".chat-item")?.click());
  const begin = () => newChat(async (id) => {
    await open(id);
    $("composer").focus();
  });
  fill($("new-chat"), h("button", { type: "button", class: "quiet wide", onclick: begin }, icon("plus", 16), " New chat"));
}

function typeFilter(text) {
  $("chat-filter").value = text;
  word = fold(text.trim());
  drawChats();
}

function drawIdentity() {
  const me = store.me;
  if (!me) return;
  const focused = $("identity").contains(document.activeElement);
  const card = h("button", { type: "button", class: "identity-card", "data-testid": "person", "aria-haspopup": "dialog", title: me.about, onclick: () => choosePerson(choose) }, avatar(me),
    h("span", { class: "person-text" }, h("span", { class: "person-name" }, me.displayName, badges(me)), h("span", { class: "person-role" }, role(me))),
    icon("chevron"));
  fill($("identity"), h("p", { class: "eyebrow" }, "You are"), card);
  if (focused) card.focus();
}

async function choose(p) {
  await become(p.username).catch((refused) => toast(refused.message));
  $("identity").querySelector("button").focus();
}

function drawChats() {
  const entries = [...store.chats].map(([id, chat]) => ({ id, chat }));
  $("chat-filter").hidden = entries.length < FILTERED && !word;
  const found = entries.filter((e) => fold(`${titleOf(e.chat)} ${otherOf(e.chat)?.username ?? ""}`).includes(word));
  const when = (e) => new Date(e.chat.lastMessage?.timestamp ?? e.chat.created ?? 0).getTime();
  const latest = (a, b) => isBotChat(b.chat) - isBotChat(a.chat) || when(b) - when(a);
  const section = (title, type) => {
    const list = found.filter((e) => (e.chat.type === "ROOM") === (type === "ROOM")).sort(latest);
    return [h("h2", { class: "eyebrow" }, title), list.length ? h("ul", { class: "chat-list" }, list.map(item)) : h("p", { class: "none" }, word ? "None of that name" : "None yet")];
  };
  const nav = $("chats");
  const focused = document.activeElement?.dataset?.chat;
  fill(nav, section("Chats", "IM"), section("Rooms", "ROOM"));
  if (focused && nav.contains(document.activeElement) === false) nav.querySelector(`[data-chat="${CSS.escape(focused)}"]`)?.focus();
}

const otherOf = (chat) => (chat.type === "ROOM" ? null : person((chat.members ?? []).find((m) => !isMe(m))));
const titleOf = (chat) => otherOf(chat)?.displayName ?? chat.name;

function item({ id, chat }) {
  const other = otherOf(chat);
  const name = titleOf(chat);
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

export const chatName = () => store.chats.get(urlSafe(store.open ?? ""))?.name ?? "";
