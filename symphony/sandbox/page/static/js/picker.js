// Choosing people (and rooms) in a form: chips and a field with completion.

import { Completion } from "./completion.js";
import { fill, h, icon } from "./dom.js";
import { fold, matchingPeople } from "./mentions.js";
import { avatar, personRow } from "./people.js";
import { person, store, urlSafe } from "./store.js";

export function picker({ ids, placeholder, name, rooms = false }) {
  let chosen = initial(ids, rooms);
  const input = h("input", { type: "text", class: "picker-input", role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", placeholder, autocomplete: "off", "data-testid": "person-field" });
  const chips = h("span", { class: "picker-chips" });
  const host = h("div", { class: "completion completion-below", hidden: true });
  const node = h("div", { class: "picker", "data-name": name }, h("div", { class: "input picker-box", onclick: () => input.focus() }, chips, input), host);

  const draw = () => fill(chips, chosen.map((item) => chip(item, () => change(chosen.filter((other) => other !== item)))));
  const change = (next) => {
    chosen = next;
    input.value = "";
    draw();
    input.dispatchEvent(new Event("input"));
  };
  const completion = new Completion({ input, host, label: "People", testid: "person-option", render: row, pick: (item) => change([...chosen, item]) });
  const offer = () => completion.show(offers(input.value.trim(), chosen, rooms));
  input.addEventListener("input", () => (input.value.trim() ? offer() : completion.hide()));
  input.addEventListener("keydown", (event) => {
    if (completion.key(event)) return;
    if (event.key === "ArrowDown") offer();
    if (event.key === "Backspace" && !input.value && chosen.length) change(chosen.slice(0, -1));
  });
  draw();
  return { node, focus: input, read: () => value(chosen, rooms), reset: () => change(initial(ids, rooms)) };
}

function initial(ids, rooms) {
  return ids.map((id) => asPerson(person(id)) ?? (rooms && asRoom(store.chats.get(urlSafe(id))))).filter(Boolean);
}

const asPerson = (p) => p && { key: p.username, person: p, label: p.displayName };
const asRoom = (chat) => chat && { key: chat.streamId, room: chat, label: chat.name };

function offers(word, chosen, rooms) {
  const taken = chosen.map((item) => item.key);
  const found = matchingPeople(word).map((item) => asPerson(item.person));
  const places = rooms ? [...store.chats.values()].filter((c) => c.type === "ROOM" && fold(c.name).includes(fold(word))).map(asRoom) : [];
  return [...found, ...places].filter((item) => !taken.includes(item.key));
}

function row(item) {
  return item.person ? personRow(item.person) : h("span", { class: "person-row" }, icon("room"), item.label);
}

function chip(item, drop) {
  const remove = h("button", { type: "button", class: "chip-remove", "aria-label": `Remove ${item.label}`, onclick: drop }, icon("close", 12));
  return h("span", { class: "chip" }, item.person ? avatar(item.person, "tiny") : icon("room", 14), item.label, remove);
}

function value(chosen, rooms) {
  const users = chosen.filter((item) => item.person).map((item) => item.person.id);
  if (!rooms) return users.map(Number);
  const standard = (id) => id.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(id.length / 4) * 4, "=");
  return { userIds: users.map(String), streamIds: chosen.filter((item) => item.room).map((item) => standard(item.key)) };
}
