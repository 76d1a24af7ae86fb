// Decisions: who was let do what, and why, and the bot's audit record, as it grows.

import { get, query } from "./api.js";
import { decisionCard } from "./decision.js";
import { fill, h, sync, toast } from "./dom.js";
import { entryRow } from "./entries.js";
import { Roving } from "./roving.js";
import { on, store } from "./store.js";

const KEPT = 200; // entries

let entries = []; // oldest first
let kept = true; // whether there is a record
let epoch = 0; // of what is read: another pod may have another record
let word = "";
const cards = new Map(); // number of a request -> its card
const rows = new Map(); // number of an entry -> its row

export function mountDecisions(root) {
  const list = h("ul", { class: "decisions", "aria-label": "Decisions, newest first. The arrow keys move between them." });
  const record = h("ul", { class: "record", "aria-label": "Entries of the audit record, newest first", tabindex: "0" });
  const filter = h("input", { type: "search", class: "input", placeholder: "Filter", "aria-label": "Filter decisions and entries by person, text, rule, outcome or request", title: "By person, text, rule, outcome or request" });
  const head = h("span", { class: "record-head mono" });
  const roving = new Roving(list);
  const view = { list, record, head, roving };
  filter.addEventListener("input", () => {
    word = filter.value.trim().toLowerCase();
    draw(view);
  });
  fill(root,
    h("p", { class: "tab-intro" }, "What the policy has decided, and what came of it. Requests that only read are not recorded."),
    h("div", { class: "tab-bar" }, filter), list,
    h("div", { class: "tab-section" }, h("h2", { class: "eyebrow" }, "Record"), head), record);
  on("record", () => load(view));
  on("connection", () => store.connection === "live" && load(view));
  on("reset resume", () => { // perhaps another pod, whose record counts anew
    epoch++;
    entries = [];
    cards.clear();
    rows.clear();
    load(view);
  });
  draw(view);
}

/** Reads what the record has more. */
async function load(view) {
  const asked = epoch;
  const answer = await get(query("record", { after: entries.at(-1)?.seq ?? 0, limit: KEPT })).catch((refused) => toast(refused.message));
  if (!answer || asked !== epoch) return;
  kept = answer.kept;
  const known = new Set(entries.map((entry) => entry.seq));
  const fresh = answer.entries.filter((entry) => !known.has(entry.seq));
  entries = [...entries, ...fresh].sort((a, b) => a.seq - b.seq).slice(-KEPT);
  for (const seq of rows.keys()) if (seq < entries[0]?.seq) rows.delete(seq);
  draw(view);
}

function draw({ list, record, head, roving }) {
  const requests = byRequest().reverse();
  const shown = requests.filter((request) => request.entries.some(matches));
  const missing = kept ? "None yet. They appear as the bot decides about requests." : "There is no bot in this sandbox's process that keeps a record. That of a Roombot is shown by: bot audit list";
  sync(list, shown.map((request) => cardOf(request, request === requests[0], () => draw({ list, record, head, roving }))));
  if (!shown.length) fill(list, h("li", { class: "none" }, requests.length ? "No decision matches." : missing));
  const last = entries.at(-1);
  fill(head, last && `${last.seq} entries, head ${last.hash.slice(0, 8)}`);
  sync(record, entries.filter(matches).reverse().map(rowOf));
  record.hidden = !record.firstChild;
  for (const request of cards.keys()) if (!requests.some((one) => one.number === request)) cards.delete(request);
  roving.refresh();
}

/** The requests that were decided about, in the order of their last decisions. */
function byRequest() {
  const all = new Map();
  for (const entry of entries.filter((one) => one.request)) {
    if (!all.has(entry.request)) all.set(entry.request, { number: entry.request, entries: [] });
    all.get(entry.request).entries.push(entry);
  }
  const at = (request) => request.entries.findLast((entry) => entry.decision).seq;
  return [...all.values()].filter((request) => request.entries.some((entry) => entry.decision)).sort((a, b) => at(a) - at(b));
}

function cardOf(request, isNewest, changed) {
  if (!cards.has(request.number)) cards.set(request.number, decisionCard(changed));
  return cards.get(request.number).draw(request, isNewest);
}

function rowOf(entry) {
  if (!rows.has(entry.seq)) rows.set(entry.seq, entryRow(entry));
  return rows.get(entry.seq);
}

function matches(entry) {
  const of = entries.find((other) => other.request && other.request === entry.request && other.decision)?.decision ?? {};
  return !word || `${entry.request ?? ""} ${entry.kind} ${entry.what} ${of.from ?? ""} ${of.text ?? ""} ${of.rule ?? ""} ${of.nearest ?? ""}`.toLowerCase().includes(word);
}
