// Slash commands as the bot's manifest describes them.

import { h } from "./dom.js";
import { fold } from "./mentions.js";
import { isBot, store } from "./store.js";

/** "/new" before the caret, where a command may stand: first, or after a mention of the bot. */
export function commandQuery(text, caret, ranges, withBot) {
  const found = /(^|\s)\/([\p{L}\d_-]*)$/u.exec(text.slice(0, caret));
  if (!found) return null;
  const start = caret - found[2].length - 1;
  const before = text.slice(0, start).trim();
  const addressed = ranges.some((r) => isBot(r.userId) && text.slice(0, r.start).trim() === "" && text.slice(r.end, start).replace(/[\s,:]/g, "") === "");
  return (before === "" && withBot) || addressed ? { word: found[2], start } : null;
}

export function matchingCommands({ word, start }) {
  const wanted = plain(word);
  return store.commands
    .filter((c) => plain(c.name).startsWith(wanted))
    .map((command) => ({ key: command.name, command, start, exact: plain(command.name) === wanted }));
}

const plain = (name) => fold(name).replace(/[-_]/g, "");

export function commandRow({ command }) {
  return h("span", { class: "command-row" },
    h("span", { class: "command-usage" }, h("strong", {}, `/${command.name}`), args(command)),
    h("span", { class: "command-desc" }, command.desc));
}

function args(command) {
  return (command.args ?? []).map((arg) => [" ", h("span", { class: "command-arg" }, arg.name)]);
}

/** While a known command is being written: its arguments. */
export function commandHint(text, ranges) {
  const bot = ranges.find((r) => isBot(r.userId) && text.slice(0, r.start).trim() === "");
  const found = /^[\s,:]*\/([\p{L}\d_-]+)\s/u.exec(text.slice(bot?.end ?? 0));
  const command = found && store.commands.find((c) => plain(c.name) === plain(found[1]));
  if (!command) return null;
  return h("span", { class: "command-hint" }, h("strong", {}, `/${command.name}`), args(command), command.example && h("span", { class: "muted" }, `   e.g. ${command.example}`));
}
