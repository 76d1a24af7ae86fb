// Three examples for a newcomer. A click fills the composer; nothing is sent.

import { $, fill, h } from "./dom.js";
import { compose } from "./composer.js";
import { isBotChat, isMe, on, store } from "./store.js";

export function mountSuggestions() {
  on("open me manifest chats", draw);
}

function draw() {
  const strip = $("suggestions");
  strip.hidden = !isBotChat(store.chats.get(store.open));
  if (strip.hidden || !store.me) return;
  fill(strip, h("span", { class: "suggestions-label" }, "Try"), examples().map(chip));
}

function chip(parts) {
  const { text, ranges } = assemble(parts);
  return h("button", { type: "button", class: "suggestion", "data-testid": "suggestion", title: text, onclick: () => compose(text, ranges) },
    parts.map((part) => (typeof part === "string" ? part : h("span", { class: "mention" }, `@${part.displayName}`))));
}

/** Text with people in it becomes text with mention ranges. */
function assemble(parts) {
  let text = "";
  const ranges = [];
  for (const part of parts) {
    const word = typeof part === "string" ? part : `@${part.displayName}`;
    if (typeof part !== "string") ranges.push({ start: text.length, end: text.length + word.length, userId: part.id });
    text += word;
  }
  return { text, ranges };
}

function examples() {
  const names = store.commands.map((c) => c.name);
  if (names.length && !names.includes("newroom")) return store.commands.slice(0, 3).map((c) => [c.example ?? `/${c.name} `]);
  const colleagues = store.people.filter((p) => !isMe(p.id) && !p.external && p.active !== false);
  const group = store.groups[0]?.name ?? "Test Group";
  return [
    ["/newroom \"Q2 Earnings\" ", ...(colleagues[0] ? [colleagues[0], " "] : []), `group:"${group}"`],
    ["/groups"],
    ["/help"],
  ].filter(([first]) => !names.length || names.includes(first.slice(1).split(" ")[0]));
}
