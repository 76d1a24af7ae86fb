// One call of the wire: a button, and its facts and bodies below.

import { copy, fill, h, icon, set } from "./dom.js";
import { pretty } from "./message.js";
import { span } from "./timescale.js";

/** {head, body}: a button that unfolds a call's details. */
export function callDetail(call, opened) {
  const body = h("div", { class: "wire-detail", hidden: true });
  const head = h("button", { type: "button", "aria-expanded": "false", onclick: () => unfold(head, body, call, opened) });
  return { head, body };
}

/** A call that belongs to no request. */
export function callRow(call) {
  const { head, body } = callDetail(call);
  set(head, { class: "wire-head", "data-row": true });
  fill(head,
    h("span", { class: "wire-method", "data-method": call.method }, call.method),
    h("span", { class: "wire-path", title: call.path }, h("bdi", {}, short(call.path.split("?")[0]))),
    h("span", { class: "wire-status", "data-class": String(call.status || 0)[0] }, call.status || "–"),
    h("span", { class: "wire-ms" }, span(call.ms)));
  return h("li", { class: "wire-row", "data-testid": "wire-row" }, head, body);
}

const short = (path) => path.replace(/[\w-]{26,}={0,2}/g, "…");

function unfold(head, body, call, opened) {
  body.hidden = !body.hidden;
  set(head, { "aria-expanded": String(!body.hidden) });
  if (!body.hidden) opened?.();
  if (body.hidden || body.firstChild) return;
  const time = new Date(call.time).toLocaleTimeString([], { hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 });
  fill(body,
    h("p", { class: "wire-facts" }, h("span", {}, time), call.operation && h("span", {}, call.operation), h("span", {}, call.status || "no answer"), call.trace && h("span", {}, `trace ${call.trace}`),
      h("button", { type: "button", class: "link", onclick: () => copy(call.curl, "curl command") }, icon("copy", 13), " Copy as curl")),
    h("p", { class: "wire-full" }, `${call.method} ${call.path}`),
    section("Request", call.request), section("Response", call.response));
}

function section(title, content) {
  if (content === undefined || content === null || content === "") return h("p", { class: "wire-none" }, `${title}: no body`);
  return h("section", {}, h("h3", { class: "eyebrow" }, title), h("pre", { class: "code-block", tabindex: "0", role: "region", "aria-label": title }, pretty(content)));
}
