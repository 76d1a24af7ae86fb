// The composer: a plain text field with real mentions, completions, and edits.

import { $, fill, h, icon, set, toast } from "./dom.js";
import { chatName } from "./chats.js";
import { commandHint, commandQuery, commandRow, matchingCommands } from "./commands.js";
import { Completion } from "./completion.js";
import { Mentions, matchingPeople, mentionQuery } from "./mentions.js";
import { personRow } from "./people.js";
import { editable } from "./editable.js";
import { edit, say } from "./session.js";
import { isBot, isMe, on, store } from "./store.js";

const mentions = new Mentions();
const drafts = new Map(); // "me stream" -> {text, ranges}

let field;
let people;
let commands;
let editing = null; // the message being edited
let shifted = false;
let place = ""; // whose draft is in the field

export function mountComposer() {
  field = $("composer");
  fill($("send"), icon("send"));
  people = completion("People to mention", "mention-option", (item) => personRow(item.person), takePerson);
  commands = completion("Commands", "command-option", commandRow, takeCommand);
  field.addEventListener("input", changed);
  field.addEventListener("keydown", pressed);
  field.addEventListener("beforeinput", wholeMention);
  field.addEventListener("beforeinput", onlyWantedBreaks);
  for (const event of ["keyup", "click"]) field.addEventListener(event, (e) => !["Escape", "ArrowUp", "ArrowDown"].includes(e.key) && offer());
  $("send").addEventListener("click", send);
  on("open", enter);
  on("manifest detail", refresh);
}

const completion = (label, testid, render, pick) => new Completion({ input: field, host: $("completion"), label, testid, render, pick });

/** Another conversation or another person: their own draft. */
function enter() {
  const next = `${store.me.username} ${store.open}`;
  if (next !== place) {
    if (!editing) drafts.set(place, written());
    place = next;
    editing = null;
    const draft = drafts.get(place) ?? { text: "", ranges: [] };
    load(draft.text, draft.ranges);
  }
  refresh();
  if (document.activeElement === document.body) field.focus(); // what had the focus went with the old conversation
}

/** Puts text with mentions into the field, as an example or an edit does. */
export function load(text, ranges = []) {
  field.value = text;
  mentions.reset(text, ranges);
  complain();
  refresh();
  field.setSelectionRange(text.length, text.length);
}

export function compose(text, ranges) {
  editing = null;
  load(text, ranges);
  field.focus();
}

export function startEdit(message) {
  if (!message) return;
  const { text, ranges } = editable(message);
  if (!editing) drafts.set(place, written());
  editing = message;
  load(text, ranges);
  field.focus();
}

/** The field is free again, for what was being written before an edit. */
function stopEdit() {
  const draft = editing ? drafts.get(place) : { text: "", ranges: [] };
  editing = null;
  load(draft.text, draft.ranges);
}

const written = () => ({ text: field.value, ranges: mentions.ranges });

function changed() {
  mentions.follow(field.value, field.selectionEnd);
  refresh();
  offer();
}

function offer() {
  const caret = field.selectionEnd;
  const mention = !mentions.around(caret) && mentionQuery(field.value, caret);
  const command = commandQuery(field.value, caret, mentions.ranges, withBot());
  const found = mention ? matchingPeople(mention.word) : [];
  const shown = found.length ? people : command ? commands : null;
  for (const list of [people, commands]) if (list !== shown) list.end();
  if (shown === people) people.show(found.map((item) => ({ ...item, start: mention.start })));
  if (shown === commands) commands.show(matchingCommands(command));
}

const withBot = () => (store.chats.get(store.open)?.members ?? []).some(isBot);

function hide() {
  people.hide();
  commands.hide();
}

function takePerson({ person, start }) {
  const name = `@${person.displayName}`;
  insert(start, field.selectionEnd, `${name} `);
  mentions.add(start, start + name.length, person.id);
  refresh();
}

function takeCommand({ command, start }) {
  insert(start, field.selectionEnd, `/${command.name} `);
  offer();
}

/** Through the browser's own editing where it can, so that undo works. */
function insert(start, end, text) {
  field.focus();
  field.setSelectionRange(start, end);
  if (document.execCommand?.("insertText", false, text)) return;
  field.setRangeText(text, start, end, "end");
  changed();
}

/** Backspace behind a mention takes all of it. */
function wholeMention(event) {
  if (event.inputType !== "deleteContentBackward" || field.selectionStart !== field.selectionEnd) return;
  const range = mentions.endingAt(field.selectionEnd);
  if (range) field.setSelectionRange(range.start, range.end);
}

/** Enter sends; only Shift+Enter may bring a line break, however the key arrives. */
function onlyWantedBreaks(event) {
  if (["insertLineBreak", "insertParagraph"].includes(event.inputType) && !shifted) event.preventDefault();
}

function pressed(event) {
  shifted = event.shiftKey;
  if (event.isComposing) return;
  if (event.key === "Enter" && commands.open && commands.current.exact) hide(); // typed in full: Enter sends
  if (people.key(event) || commands.key(event)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send();
  } else if (event.key === "Escape" && editing) stopEdit();
  else if (event.key === "ArrowUp" && !field.value) {
    event.preventDefault();
    startEdit(store.messages.findLast((m) => isMe(m.from.id)));
  }
}

/** The field is free for the next message at once. */
async function send() {
  if (!field.value.trim() || !store.detail) return;
  const sent = { place, editing, ...written() };
  const wire = mentions.onWire();
  stopEdit();
  hide();
  try {
    await (sent.editing ? edit(sent.editing.messageId, sent.text, wire) : say(sent.text, wire));
  } catch (refused) {
    restore(sent, `Not sent: ${refused.message}`);
  }
}

/** Nothing typed is lost by a refusal: it comes back where it was written, below what has been typed there since. */
function restore(sent, why) {
  if (sent.place !== place) {
    drafts.set(sent.place, below(drafts.get(sent.place), sent));
    toast(why);
    return;
  }
  const { text, ranges } = below(written(), sent);
  editing ??= field.value ? null : sent.editing;
  load(text, ranges);
  complain(why);
}

function below(above, { text, ranges }) {
  if (!above?.text) return { text, ranges };
  const shift = above.text.length + 1;
  const moved = ranges.map((r) => ({ ...r, start: r.start + shift, end: r.end + shift }));
  return { text: `${above.text}\n${text}`, ranges: [...above.ranges, ...moved] };
}

function complain(error = "") {
  const el = $("composer-error");
  el.textContent = error;
  el.hidden = !error;
}

function refresh() {
  if (!store.me) return;
  $("composer-area").hidden = Boolean(store.gate);
  mirror();
  set($("send"), { disabled: !field.value.trim() || !store.detail });
  field.disabled = !store.detail;
  field.placeholder = store.detail ? `Message ${chatName()}` : "";
  fill($("composer-hint"), commandHint(field.value, mentions.ranges) ?? keys());
  const bar = $("editing");
  bar.hidden = !editing;
  if (editing) fill(bar, icon("edit", 14), " Editing your message", h("button", { type: "button", class: "link", onclick: () => { stopEdit(); field.focus(); } }, "Cancel"));
}

function keys() {
  const pair = (key, what) => h("span", {}, h("kbd", {}, key), ` ${what}`);
  return [pair("/", "commands"), pair("@", "people"), pair("Enter", editing ? "saves" : "sends"), pair("Shift Enter", "new line"), pair("↑", "edits your last")];
}

/** Behind the field stands the same text, with the mentions tinted. */
function mirror() {
  const out = [];
  let at = 0;
  for (const r of mentions.ranges) {
    out.push(field.value.slice(at, r.start), h("mark", {}, field.value.slice(r.start, r.end)));
    at = r.end;
  }
  fill($("composer-mirror"), out, field.value.slice(at), "\u200b");
}
