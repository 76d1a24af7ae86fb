// The wire: every call the bot made to the pod, grouped by request.

import { get, query } from "./api.js";
import { callRow } from "./calls.js";
import { fill, h, set, sync, toast } from "./dom.js";
import { entries, isRead } from "./requests.js";
import { Roving } from "./roving.js";
import { on } from "./store.js";
import { Waterfall } from "./waterfall.js";

const KEPT = 400;

let calls = []; // oldest first
let newest = 0;
let paused = false;
let held = []; // arrived while paused
let word = "";
let reads = false;
let roving;
let waits = false; // a drawing is due
const rows = new Map(); // call number -> element
const requests = new Map(); // trace -> Waterfall

export function mountWire(root) {
  const list = h("ul", { class: "wire", "aria-label": "Requests and calls, newest first. The arrow keys move between them." });
  const redraw = () => draw(list);
  const clearAll = () => {
    calls = [];
    rows.clear();
    requests.clear();
    redraw();
  };
  const filter = h("input", { type: "search", class: "input", placeholder: "Filter", "aria-label": "Filter calls by path, method, status or trace id", title: "By path, method, status or trace id", oninput: () => { word = filter.value.trim().toLowerCase(); redraw(); } });
  const showReads = h("input", { type: "checkbox", onchange: () => { reads = showReads.checked; redraw(); } });
  const pause = h("button", { type: "button", class: "quiet", "aria-pressed": "false", onclick: () => togglePause(pause, list) }, "Pause");
  const clear = h("button", { type: "button", class: "quiet", onclick: clearAll }, "Clear");
  roving = new Roving(list);
  fill(root, h("div", { class: "tab-bar" }, filter, pause, clear), h("label", { class: "check tab-check" }, showReads, " Datafeed reads"), list);
  on("calls", (arrived) => arrive(arrived, list));
  on("me", () => load(list));
  on("reset resume", () => { // perhaps another pod, which counts anew
    newest = 0;
    clearAll();
    load(list);
  });
  new ResizeObserver(redraw).observe(root); // figures stand where there is room
  redraw();
}

/** What happened before the page was opened, or while it was not connected. */
async function load(list) {
  const answer = await get(query("wire", { after: newest, limit: 200 })).catch((refused) => toast(refused.message));
  if (answer?.calls) arrive(answer.calls, list);
}

function arrive(arrived, list) {
  if (paused) return void (held = [...held, ...arrived].slice(-KEPT));
  const known = new Set(calls.map((call) => call.n));
  const fresh = arrived.filter((call) => !known.has(call.n));
  calls = [...calls, ...fresh].sort((a, b) => a.n - b.n).slice(-KEPT);
  newest = Math.max(newest, ...fresh.map((call) => call.n));
  if (waits) return;
  waits = true;
  setTimeout(() => draw(list), 30); // many calls often end at once
}

function togglePause(button, list) {
  paused = !paused;
  set(button, { "aria-pressed": String(paused) });
  button.textContent = paused ? "Resume" : "Pause";
  const missed = held;
  held = [];
  if (!paused) arrive(missed, list);
}

function draw(list) {
  waits = false;
  const shown = entries(calls).map((entry) => ({ ...entry, found: (entry.calls ?? [entry.call]).some(visible) })).filter((entry) => entry.found);
  if (!shown.length) return fill(list, h("li", { class: "none" }, calls.length ? "No call matches." : "No calls yet. They appear as the bot makes them."));
  const first = shown.find((entry) => entry.trace);
  sync(list, shown.map((entry) => (entry.trace ? request(entry, entry === first, list) : row(entry.call))));
  forget(shown);
  roving.refresh();
}

function request(entry, isFirst, list) {
  if (!requests.has(entry.trace)) requests.set(entry.trace, new Waterfall(() => draw(list)));
  const waterfall = requests.get(entry.trace);
  if (!waterfall.element.isConnected) list.append(waterfall.element); // it measures how wide it is
  waterfall.draw(entry, { newest: isFirst, visible });
  return waterfall.element;
}

function row(call) {
  if (!rows.has(call.n)) rows.set(call.n, callRow(call));
  return rows.get(call.n);
}

/** What is no longer kept needs no element. */
function forget(shown) {
  const kept = new Set(calls.map((call) => call.n));
  for (const n of rows.keys()) if (!kept.has(n)) rows.delete(n);
  const traces = new Set(shown.map((entry) => entry.trace));
  for (const trace of requests.keys()) if (!traces.has(trace) && !word) requests.delete(trace);
}

function visible(call) {
  if (!reads && isRead(call) && (call.status === 200 || call.status === 204)) return false;
  return !word || `${call.method} ${call.path} ${call.operation ?? ""} ${call.status} ${call.trace ?? ""}`.toLowerCase().includes(word);
}
