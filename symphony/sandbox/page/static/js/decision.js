// One request and what was decided about it: a button, and the rule's conditions below.

import { fill, h, icon, set } from "./dom.js";
import { entryRow, nameOf } from "./entries.js";
import { avatar } from "./people.js";

const OUTCOMES = { allow: ["Allowed", "good"], deny: ["Refused", "danger"], approve: ["Needs approval", "warn"], limit: ["Limit reached", "warn"] };

/** {draw(request, isNewest)}, which gives the card as it is then. changed() is called when it is opened or closed. */
export function decisionCard(changed) {
  let open = null; // null: as long as it is the newest
  let drawn;
  const head = h("button", { type: "button", class: "request-head", "data-row": true, onclick: () => {
    open = body.hidden;
    changed();
  } });
  const body = h("div", { class: "decision" });
  const element = h("li", { class: "request", "data-testid": "decision" }, head, body);
  const draw = (request, isNewest) => {
    const shown = open ?? isNewest;
    set(head, { "aria-expanded": String(shown) });
    body.hidden = !shown;
    const key = request.entries.map((entry) => entry.seq).join();
    if (key === drawn) return element;
    drawn = key;
    drawHead(head, request);
    drawBody(body, request);
    return element;
  };
  return { draw };
}

function drawHead(head, { entries }) {
  const { decision, userId, time } = entries.findLast((entry) => entry.decision);
  const [label, tone] = OUTCOMES[decision.outcome] ?? [decision.outcome, "warn"];
  const who = decision.from || nameOf(userId);
  fill(head, avatar({ id: userId, displayName: who }, "small"),
    h("span", { class: "request-text" },
      h("span", { class: "request-what", title: decision.text }, decision.text || `/${decision.command}`),
      h("span", { class: "request-facts" }, [who, clock(time)].join(" · "))),
    h("span", { class: `badge badge-${tone}` }, label), icon("chevron", 16));
}

function drawBody(body, { number, entries }) {
  const decisions = entries.filter((entry) => entry.decision);
  const rest = entries.filter((entry) => !entry.decision);
  const { userId: requester } = decisions.at(-1);
  fill(body,
    h("p", { class: "decision-facts" }, `Request ${number} · policy ${decisions.at(-1).decision.version || "none"}`),
    h("ul", { class: "tree", "aria-label": "Rule and conditions" }, decisions.map(({ decision }) => tree(decision))),
    rest.length > 0 && h("h3", { class: "eyebrow" }, "What came of it"),
    rest.length > 0 && h("ul", { class: "decision-entries" }, rest.map((entry) => entryRow(entry, requester))));
}

function tree(decision) {
  const isAllowed = decision.outcome === "allow";
  return h("li", { class: "tree-rule" },
    line(isAllowed, isAllowed ? "allowed" : "not allowed", sentence(decision)),
    decision.why && h("p", { class: "tree-why" }, decision.why),
    decision.checks?.length > 0 && h("ul", { class: "tree-checks" }, decision.checks.map((check) => h("li", {}, line(check.ok, check.ok ? "met" : "not met", check.what)))));
}

function line(isGood, spoken, text) {
  return h("span", { class: "tree-line" }, h("span", { class: isGood ? "tree-yes" : "tree-no", "aria-hidden": "true" }, isGood ? "✓" : "✗"), h("span", { class: "sr" }, `${spoken}: `), h("span", {}, text));
}

/** What decided, in words. */
function sentence({ outcome, rule, line: at, grant, nearest }) {
  const called = `rule “${rule}”${at ? ` (line ${at})` : ""}`;
  if (outcome === "allow" && grant) return `Allowed by grant ${grant}, since no rule allows it`;
  if (outcome === "allow") return rule ? `Allowed by ${called}` : "Allowed; it needs no rule";
  if (!rule) return nearest ? `No rule admits it; the nearest is “${nearest}”` : "No rule admits it";
  return { limit: `A limit is reached, of ${called}`, approve: `An approval is needed, by ${called}` }[outcome] ?? `Refused by ${called}`;
}

const clock = (time) => new Date(time).toLocaleTimeString([], { hourCycle: "h23" });
