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

const SHOWN = 3;

function examples() {
  const names = store.commands.map((c) => c.name);
  const known = ([first]) => !names.length || names.includes(first.slice(1).split(" ")[0]);
  const own = [newRoom(), ["/groups"], ["/help"]].filter(known);
  const taken = own.map(([first]) => first.slice(1).split(" ")[0]);
  const others = store.commands.filter((c) => !taken.includes(c.name)).map((c) => [c.example ?? `/${c.name} `]);
  return [...own, ...others].slice(0, SHOWN);
}

function newRoom() {
  const colleague = store.people.find((p) => !isMe(p.id) && !p.external && p.active !== false);
  return ["/newroom \"Q2 Earnings\" ", ...(colleague ? [colleague, " "] : []), `group:"${store.groups[0]?.name ?? "Test Group"}"`];
}
