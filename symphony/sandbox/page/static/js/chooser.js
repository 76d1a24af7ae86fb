// Choosing somebody from a list with a filter.

import { fill, h, modal } from "./dom.js";
import { fold } from "./mentions.js";
import { personRow } from "./people.js";
import { isMe, store } from "./store.js";

const SHOWN = 50; // people before "and n more"

/** People of whom each word of the filter begins a word of the name, company or title, or the username or address. */
export function filterPeople(people, text) {
  const wanted = words(text);
  return people.filter((p) => {
    const own = words([p.displayName, p.username, p.email, p.company, p.title].filter(Boolean).join(" "));
    return wanted.every((word) => own.some((part) => part.startsWith(word)));
  });
}

const words = (text) => fold(text).split(/[\s,;]+/).filter(Boolean);

/** A filter above a list of people. row(person) is an element of the list; Enter calls enter(person) with the first, or empty() without a word in the filter. draw() shows who has changed. */
export function peopleList({ people, row, enter = () => {}, empty }) {
  const list = h("ul", { class: "choices" });
  const rest = h("p", { class: "muted choices-rest", role: "status" });
  const filter = h("input", { type: "search", class: "input", placeholder: "Name, username or company", "aria-label": "Find a person", autocomplete: "off" });
  const draw = () => {
    const found = filterPeople(people(), filter.value);
    fill(list, found.slice(0, SHOWN).map((p) => h("li", {}, row(p))));
    rest.textContent = found.length > SHOWN ? `and ${found.length - SHOWN} more. Type to find somebody.` : found.length ? "" : "Nobody of that name.";
  };
  filter.addEventListener("input", draw);
  filter.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const first = filterPeople(people(), filter.value)[0];
    if (!filter.value.trim()) return empty?.();
    if (!first) return;
    filter.value = "";
    draw();
    enter(first);
  });
  draw();
  return { filter, list, rest, draw };
}

/** Whom to be. */
export function choosePerson(become) {
  const take = (p) => {
    dialog.close();
    become(p);
  };
  const row = (p) => h("button", { type: "button", class: "choice", "data-testid": "person-choice", "data-username": p.username, "aria-current": isMe(p.id) ? "true" : null, onclick: () => take(p) }, personRow(p), p.about && h("span", { class: "choice-about" }, p.about));
  const parts = peopleList({ people: () => store.people.filter((p) => p.active !== false), row, enter: (p) => setTimeout(take, 0, p) }); // the key must not press what gets the focus then
  const dialog = modal("Who are you?", parts.filter, parts.list, parts.rest);
  parts.filter.focus();
}
