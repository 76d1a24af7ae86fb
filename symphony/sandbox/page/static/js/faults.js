// Faults to switch on, as real pods show them.

import { post, remove } from "./api.js";
import { fill, h, set, toast } from "./dom.js";
import { loadFaults } from "./load.js";
import { on, store } from "./store.js";

// Those with a count are over when it is used up; the rest stay until they are cleared.
const PRESETS = [
  { id: "slow", title: "Slow pod", what: "Every call takes 500 ms longer", fault: { kind: "http", delay: "500ms" } },
  { id: "429", title: "Too many requests", what: "Next 3 pod calls: 429, Retry-After 1 s", fault: { kind: "http", path: "/pod/*", status: 429, retryAfter: 1, count: 3 } },
  { id: "503", title: "Unavailable", what: "Next 3 pod calls: 503", fault: { kind: "http", path: "/pod/*", status: 503, count: 3 } },
  { id: "drop", title: "Dropped after effect", what: "Next room is created, its answer is lost", fault: { kind: "http", path: "/pod/v3/room/create", drop: "after", count: 1 } },
  { id: "session", title: "Session expired", what: "The next call finds its tokens dead: 401", fault: { kind: "session-expired", count: 1 } },
  { id: "feed", title: "Datafeed killed", what: "The feed is gone: its next read is a 400", fault: { kind: "feed-killed", count: 1 } },
  { id: "duplicate", title: "Events twice", what: "Every event is delivered two times", fault: { kind: "duplicate-events" } },
  { id: "lag", title: "Search lag", what: "Search finds new rooms 3 s late", fault: { kind: "search-lag", delay: "3s" } },
];

/** The presets stay where they are: a fault changes with each call that it strikes, and a click takes a moment. */
export function mountFaults(root) {
  const presets = PRESETS.map((p) => ({ ...p, button: preset(p) }));
  const list = h("div");
  fill(root,
    h("p", { class: "tab-intro" }, "Switch on what goes wrong in production, and see what the bot makes of it."),
    h("ul", { class: "presets" }, presets.map((p) => h("li", {}, p.button))),
    list);
  const draw = () => {
    for (const p of presets) set(p.button, { "aria-pressed": String(Boolean(switchedOn(p))) });
    drawActive(list);
  };
  on("faults", draw);
  draw();
}

function drawActive(list) {
  fill(list,
    h("div", { class: "tab-section" }, h("h2", { class: "eyebrow" }, "Switched on"),
      store.faults.length > 0 && h("button", { type: "button", class: "link", onclick: () => run(() => remove("faults")) }, "Clear all")),
    store.faults.length ? h("ul", { class: "cards" }, store.faults.map(active)) : h("p", { class: "none" }, "None: the pod behaves."));
}

const switchedOn = (p) => store.faults.find((fault) => matches(p.fault, fault));

function preset(p) {
  const flip = () => {
    const on = switchedOn(p);
    return run(() => (on ? remove(`faults?id=${encodeURIComponent(on.id)}`) : post("faults", p.fault)));
  };
  return h("button", { type: "button", class: "preset", "data-fault": p.id, "data-testid": `fault-${p.id}`, onclick: flip },
    h("span", { class: "preset-title" }, p.title), h("span", { class: "preset-what" }, p.what));
}

function matches(preset, fault) {
  return fault.kind === preset.kind && ["path", "match", "status", "drop", "delay"].every((key) => String(preset[key] ?? "") === String(fault[key] || ""));
}

function active(fault) {
  const facts = [fault.method, fault.path, fault.match && `with ${fault.match}`, fault.status, fault.message && `“${fault.message}”`, fault.body && "another body", fault.retryAfter && `Retry-After ${fault.retryAfter}`, fault.delay && `+${fault.delay}`, fault.drop && `dropped ${fault.drop} effect`,
    fault.probability && fault.probability < 1 && `p ${fault.probability}`, fault.count && `${fault.count - (fault.hits ?? 0)} to come`];
  const title = PRESETS.find((p) => matches(p.fault, fault))?.title ?? fault.kind;
  return h("li", { class: "panel-card fault" }, h("span", { class: "fault-kind" }, title), h("span", { class: "mono" }, facts.filter(Boolean).join(" · ")),
    h("button", { type: "button", class: "link", onclick: () => run(() => remove(`faults?id=${encodeURIComponent(fault.id)}`)) }, "Clear"));
}

async function run(change) {
  await change().catch((refused) => toast(refused.message));
  await loadFaults();
}
