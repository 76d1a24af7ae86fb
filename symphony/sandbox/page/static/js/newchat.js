// A new chat with one person, or a room with several: Symphony has no other chats of several any more.

import { peopleList } from "./chooser.js";
import { fill, h, icon, modal, toast } from "./dom.js";
import { avatar, personRow } from "./people.js";
import { chatWith, openRoom } from "./session.js";
import { isMe, store } from "./store.js";

export function newChat(show) {
  let chosen = [];
  const name = h("input", { type: "text", class: "input", id: "new-room-name", maxlength: "49", autocomplete: "off", placeholder: "e.g. Desk sync" });
  const naming = h("div", { class: "field" }, h("label", { for: name.id }, "Name of the room"), name,
    h("p", { class: "muted" }, "In Symphony a chat of more than two people is a room."));
  const chips = h("p", { class: "chosen" });
  const start = h("button", { type: "submit", class: "button button-primary", "data-testid": "start-chat" });
  const draw = () => {
    for (const box of list.querySelectorAll("input")) box.checked = chosen.some((p) => p.username === box.value);
    fill(chips, chosen.map((p) => chip(p, () => flip(p))));
    naming.hidden = chosen.length < 2;
    start.disabled = !chosen.length;
    start.textContent = chosen.length > 1 ? `Open a room with ${chosen.length} people` : "Start the chat";
  };
  const flip = (p) => {
    chosen = chosen.includes(p) ? chosen.filter((other) => other !== p) : [...chosen, p];
    draw();
  };
  const row = (p) => h("label", { class: "choice choice-check" },
    h("input", { type: "checkbox", value: p.username, checked: chosen.includes(p), onchange: () => flip(p) }), personRow(p));
  const begin = async (event) => {
    event?.preventDefault();
    if (!chosen.length) return filter.focus();
    if (chosen.length > 1 && !name.value.trim()) return name.focus();
    await reach(chosen, name.value.trim()).then((id) => {
      dialog.close();
      show(id);
    }, (refused) => toast(refused.message));
  };
  const { filter, list, rest } = peopleList({ people: () => store.people.filter((p) => !isMe(p.id)), row, enter: flip, empty: begin });
  const form = h("form", { class: "new-chat", onsubmit: begin }, filter, chips, list, rest, h("div", { class: "modal-foot" }, naming, start));
  draw();
  const dialog = modal("New chat", form);
  filter.focus();
}

const reach = (people, name) => (people.length > 1 ? openRoom(name, people) : chatWith(people[0].username));

function chip(p, drop) {
  return h("span", { class: "chip" }, avatar(p, "tiny"), p.displayName,
    h("button", { type: "button", class: "chip-remove", "aria-label": `Remove ${p.displayName}`, onclick: drop }, icon("close", 12)));
}
