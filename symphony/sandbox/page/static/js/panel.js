// The developer's panel: a drawer of tabs.

import { mountDecisions } from "./decisions.js";
import { $, fill, h, icon, set } from "./dom.js";
import { mountFaults } from "./faults.js";
import { mountFeeds } from "./feeds.js";
import { mountPod } from "./pod.js";
import { on, store } from "./store.js";
import { mountWire } from "./wire.js";

const TABS = [["wire", "Wire"], ["decisions", "Decisions"], ["feeds", "Feeds"], ["faults", "Faults"], ["pod", "Pod"]];
const WIDE = matchMedia("(min-width: 1180px)");

export function mountPanel() {
  const toggle = $("panel-toggle");
  toggle.prepend(icon("panel"));
  toggle.addEventListener("click", () => {
    show($("panel").hidden);
    if (!$("panel").hidden && !WIDE.matches) $("tabs").querySelector('[aria-selected="true"]').focus(); // it lies over the rest
  });
  $("panel").addEventListener("keydown", (event) => event.key === "Escape" && !WIDE.matches && show(false, true));
  WIDE.addEventListener("change", () => show(WIDE.matches));
  show(WIDE.matches);
  mountTabs();
  mountWire($("tab-wire"));
  mountDecisions($("tab-decisions"));
  mountFeeds($("tab-feeds"));
  mountFaults($("tab-faults"));
  mountPod($("tab-pod"));
}

function show(open, focus) {
  $("panel").hidden = !open;
  $("app").dataset.panel = open ? "open" : "closed";
  set($("panel-toggle"), { "aria-expanded": String(open) });
  if (focus) $("panel-toggle").focus();
}

function mountTabs() {
  const strip = $("tabs");
  const close = h("button", { type: "button", class: "quiet square tabs-close", "aria-label": "Close the developer panel", onclick: () => show(false, true) }, icon("close", 16));
  const tabs = TABS.map(([id, label]) => tab(id, label));
  fill(strip, tabs);
  strip.after(close);
  strip.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = tabs.indexOf(document.activeElement);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    next.click();
    next.focus();
  });
  on("faults", () => count("faults", store.faults.length));
  choose("wire");
}

function tab(id, label) {
  return h("button", { type: "button", role: "tab", id: `tab-${id}-label`, "aria-controls": `tab-${id}`, onclick: () => choose(id) }, label, h("span", { class: "tab-count", hidden: true }));
}

function count(id, n) {
  const mark = $(`tab-${id}-label`).querySelector(".tab-count");
  mark.textContent = n;
  mark.hidden = !n;
}

function choose(id) {
  for (const [name] of TABS) {
    const chosen = name === id;
    set($(`tab-${name}-label`), { "aria-selected": String(chosen), tabindex: chosen ? "0" : "-1" });
    $(`tab-${name}`).hidden = !chosen;
  }
}
