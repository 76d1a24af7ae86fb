// Datafeeds: who reads, what waits, when the last read was.

import { fill, h } from "./dom.js";
import { on, store } from "./store.js";

const TICK_MS = 1000;

export function mountFeeds(root) {
  on("feeds resume", () => draw(root));
  setInterval(() => {
    if (root.hidden) return;
    for (const el of root.querySelectorAll("[data-since]")) el.textContent = ago(el.dataset.since);
  }, TICK_MS);
  draw(root);
}

function draw(root) {
  const feeds = store.feeds;
  fill(root,
    h("p", { class: "tab-intro" }, "A bot reads its events from a datafeed and acknowledges them with the next read. What is not acknowledged comes again."),
    feeds.length ? h("ul", { class: "cards" }, feeds.map(card)) : h("p", { class: "none" }, "No datafeed. It appears when a bot logs in and creates one."));
}

function card(feed) {
  const number = (label, n) => h("div", { class: "fact" }, h("dt", {}, label), h("dd", {}, n ?? "–"));
  const last = new Date(feed.lastRead ?? 0).getFullYear() > 1970 ? feed.lastRead : null;
  return h("li", { class: "panel-card", "data-testid": "feed" },
    h("p", { class: "feed-id mono" }, feed.id, feed.readers > 0 && h("span", { class: "badge badge-good" }, feed.readers > 1 ? `${feed.readers} readers` : "reading"), feed.tag && h("span", { class: "badge" }, feed.tag)),
    h("dl", { class: "facts" },
      number("Queued", feed.queued), number("In flight", feed.inFlight),
      h("div", { class: "fact" }, h("dt", {}, "Last read"), h("dd", { "data-since": last || null }, last ? ago(last) : "never"))));
}

function ago(when) {
  const seconds = Math.max(0, (Date.now() - new Date(/^\d+$/.test(when) ? Number(when) : when)) / 1000);
  if (seconds < 2) return "just now";
  if (seconds < 90) return `${Math.round(seconds)} s ago`;
  return `${Math.round(seconds / 60)} min ago`;
}
