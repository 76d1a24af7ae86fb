// Entries of the audit record as rows: number, kind, hash, and what happened.

import { h } from "./dom.js";
import { groupByProfile, person } from "./store.js";

/** Who has an id, as the pod knows them. */
export const nameOf = (id) => person(id)?.displayName ?? groupByProfile(id)?.name ?? String(id);

/** A row. On the card of a request it leaves out what stands above it already, and names who has acted if that is not the requester. */
export function entryRow(entry, requester = null) {
  const { decision } = entry;
  const what = decision ? `${decision.outcome} /${decision.command}` : named(entry.what);
  const who = entry.userId !== requester && entry.userId ? nameOf(entry.userId) : "";
  const facts = [...(requester ? [who] : [entry.request, who]), what].filter(Boolean);
  return h("li", { class: "entry", "data-testid": "entry" },
    h("span", { class: "entry-seq" }, entry.seq), h("span", { class: "entry-kind" }, entry.kind),
    h("span", { class: "entry-hash", title: `Hash ${entry.hash}` }, entry.hash.slice(0, 8)),
    h("span", { class: "entry-what" }, facts.join(" · ")));
}

/** A text with the names of people and groups in the place of their ids. */
const named = (text) => text.replace(/\b\d{9,}\b/g, nameOf);
