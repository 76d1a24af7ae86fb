// The wire: every call the bot made to the pod.

import { get, query } from "./api.js";
import { copy, fill, h, icon, set, toast } from "./dom.js";
import { pretty } from "./message.js";
import { on } from "./store.js";

const KEPT = 400;
const READS = /\/datafeeds\/[^/]+\/read$/;

let calls = []; // newest first
let newest = 0;
let paused = false;
let held = []; // arrived while paused
let word = "";
let reads = false;
const rows = new Map(); // n -> element

export function mountWire(root) {
  const list = h("ul", { class: "wire", "aria-label": "API calls, newest first" });
  const clearAll = () => {
    calls = [];
    rows.clear();
    draw(list);
  };
  const filter = h("input", { type: "search", class: "input", placeholder: "Filter by path, method, status", "aria-label": "Filter calls", oninput: () => { word = filter.value.trim().toLowerCase(); draw(list); } });
  const showReads = h("input", { type: "checkbox", onchange: () => { reads = showReads.checked; draw(list); } });
  const pause = h("button", { type: "button", class: "quiet", "aria-pressed": "false", onclick: () => togglePause(pause, list) }, "Pause");
  const clear = h("button", { type: "button", class: "quiet", onclick: clearAll }, "Clear");
  fill(root, h("div", { class: "tab-bar" }, filter, pause, clear), h("label", { class: "check tab-check" }, showReads, " Datafeed reads"), list);
  on("calls", (arrived) => arrive(arrived, list));
  on("me", () => load(list));
  on("reset resume", () => { // perhaps another pod, which counts anew
    newest = 0;
    clearAll();
    load(list);
  });
  draw(list);
}

/** What happened before the page was opened, or while it was not connected. */
async function load(list) {
  const answer = await get(query("wire", { after: newest, limit: 200 })).catch((refused) => toast(refused.message));
  if (answer?.calls) arrive(answer.calls, list);
}

function arrive(arrived, list) {
  if (paused) return void (held = [...held, ...arrived].slice(-KEPT));
  const fresh = arrived.filter((call) => !calls.some((known) => known.n === call.n));
  calls = [...fresh, ...calls].sort((a, b) => b.n - a.n);
  for (const old of calls.splice(KEPT)) rows.delete(old.n);
  newest = Math.max(newest, ...fresh.map((call) => call.n));
  draw(list);
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
  const wanted = calls.filter(visible).map(row);
  if (!wanted.length) return fill(list, h("li", { class: "none" }, calls.length ? "No call matches." : "No calls yet. They appear as the bot makes them."));
  const keep = new Set(wanted);
  for (const child of [...list.children]) if (!keep.has(child)) child.remove();
  wanted.forEach((element, n) => list.children[n] !== element && list.insertBefore(element, list.children[n] ?? null));
}

function visible(call) {
  if (!reads && READS.test(call.path.split("?")[0]) && (call.status === 200 || call.status === 204)) return false;
  return !word || `${call.method} ${call.path} ${call.operation ?? ""} ${call.status}`.toLowerCase().includes(word);
}

function row(call) {
  const known = rows.get(call.n);
  if (known) return known;
  const body = h("div", { class: "wire-detail", hidden: true });
  const head = h("button", { type: "button", class: "wire-head", "aria-expanded": "false", onclick: () => unfold(head, body, call) },
    h("span", { class: "wire-method", "data-method": call.method }, call.method),
    h("span", { class: "wire-path", title: call.path }, h("bdi", {}, short(call.path.split("?")[0]))),
    h("span", { class: "wire-status", "data-class": String(call.status || 0)[0] }, call.status || "–"),
    h("span", { class: "wire-ms" }, duration(call.ms)));
  const element = h("li", { class: "wire-row", "data-testid": "wire-row" }, head, body);
  rows.set(call.n, element);
  return element;
}

const short = (path) => path.replace(/[\w-]{26,}={0,2}/g, "…");

function duration(ms) {
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 10) return `${Math.round(ms)} ms`;
  return ms < 0.1 ? "<0.1 ms" : `${ms.toFixed(1)} ms`;
}

function unfold(head, body, call) {
  body.hidden = !body.hidden;
  set(head, { "aria-expanded": String(!body.hidden) });
  if (body.hidden || body.firstChild) return;
  const time = new Date(call.time).toLocaleTimeString([], { hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
  fill(body,
    h("p", { class: "wire-facts" }, h("span", {}, time), call.operation && h("span", {}, call.operation),
      h("button", { type: "button", class: "link", onclick: () => copy(call.curl, "curl command") }, icon("copy", 13), " Copy as curl")),
    h("p", { class: "wire-full" }, call.path),
    section("Request", call.request), section("Response", call.response));
}

function section(title, content) {
  if (content === undefined || content === null || content === "") return h("p", { class: "wire-none" }, `${title}: no body`);
  return h("section", {}, h("h3", { class: "eyebrow" }, title), h("pre", { class: "code-block", tabindex: "0" }, pretty(content)));
}
