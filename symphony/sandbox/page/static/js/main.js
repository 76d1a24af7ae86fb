// The page: mounts every part, then becomes somebody.

import { $, fill, h } from "./dom.js";
import { chatName, mountSidebar } from "./chats.js";
import { mountComposer, startEdit } from "./composer.js";
import { mountConversation } from "./conversation.js";
import { mountHead } from "./head.js";
import { mountPanel } from "./panel.js";
import { start } from "./session.js";
import { on, store } from "./store.js";
import { mountSuggestions } from "./suggestions.js";
import { mountTheme } from "./theme.js";

const STATES = { connecting: "Connecting…", live: "Live", lost: "Reconnecting…" };

mountTheme();
mountSidebar();
mountHead();
mountConversation({ edit: startEdit });
mountComposer();
mountSuggestions();
mountPanel();

on("chats open", () => {
  const unread = [...store.chats.values()].reduce((sum, chat) => sum + (chat.unread ?? 0), 0);
  document.title = `${unread ? `(${unread}) ` : ""}${chatName() || "Roombot"} · Symphony sandbox`;
});
on("connection", () => {
  $("connection").textContent = STATES[store.connection];
  $("connection").dataset.state = store.connection;
});

try {
  await start();
  document.documentElement.dataset.ready = "yes";
  $("composer").focus();
} catch (fault) {
  fill($("log"), h("div", { class: "empty" }, h("h2", {}, "The sandbox does not answer"), h("p", {}, fault.message), h("button", { type: "button", class: "button button-primary", onclick: () => location.reload() }, "Try again")));
}
