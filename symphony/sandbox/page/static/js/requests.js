// Which calls were made for one request, what asked for it, and who waited for whom.
// Calls with one X-Trace-Id are of one request. What asked for it is the newest event from the
// datafeed whose message id the bot has written into the data of what it sent.

import { parse } from "./presentationml.js";
import { urlSafe } from "./store.js";

export const isRead = (call) => /\/datafeeds\/[^/]+\/read$/.test(call.path.split("?")[0]);
const isSend = (call) => /\/message\/(create|[^/]+\/update)$/.test(call.path.split("?")[0]) && call.status === 200;

export const startOf = (call) => Date.parse(call.time) + micros(call.time);
export const endOf = (call) => startOf(call) + call.ms;

/** Date knows milliseconds only. */
const micros = (time) => Number(`0.${/\.\d{3}(\d+)/.exec(time)?.[1] ?? "0"}`);

/** What the list shows, newest first: {call}, or {trace, calls, question, reply}. */
export function entries(calls) {
  const traces = new Map();
  for (const call of calls) if (call.trace && !isRead(call)) traces.set(call.trace, [...(traces.get(call.trace) ?? []), call]);
  const log = heard(calls);
  const out = [];
  for (const [trace, own] of traces) {
    own.sort((a, b) => startOf(a) - startOf(b) || a.n - b.n);
    const reply = own.findLast(isSend);
    const question = reply && questionOf(reply, startOf(own[0]), log);
    if (own.length > 1 || question) out.push({ trace, calls: own, reply, question, at: startOf(own[0]) });
  }
  const grouped = new Set(out.flatMap((entry) => entry.calls));
  for (const call of calls) if (!grouped.has(call)) out.push({ call, at: startOf(call) });
  return out.sort((a, b) => b.at - a.at);
}

/** The events that bots were given, and what they sent. */
function heard(calls) {
  const sent = new Map(calls.filter(isSend).map((call) => read(call, sentMessage)).filter(Boolean).map((message) => [message.id, message]));
  const events = calls.filter((call) => isRead(call) && call.status === 200).flatMap((call) => read(call, eventsOf));
  for (const event of events.filter((e) => e.form)) {
    const form = sent.get(event.form);
    event.ids = [event.form, ...events.flatMap((e) => e.ids).filter((id) => form?.data.includes(id))];
    event.text ||= `[${form?.buttons.get(event.action) ?? event.action}]`;
  }
  return { sent, events };
}

function questionOf(reply, before, { sent, events }) {
  const { data } = sent.get(read(reply, sentMessage)?.id) ?? { data: "" };
  const known = events.filter((event) => event.delivered <= before + 5 && event.ids.some((id) => data.includes(id)));
  return known.sort((a, b) => a.delivered - b.delivered).at(-1) ?? null;
}

const readings = new WeakMap();

/** What a call's bodies say, read once. */
function read(call, how) {
  if (!readings.has(call)) readings.set(call, how(call));
  return readings.get(call);
}

function sentMessage(call) {
  try {
    const { messageId, data, message } = JSON.parse(call.response);
    const buttons = [...parse(message ?? "").getElementsByTagName("button")];
    return { id: urlSafe(messageId), data: data ?? "", buttons: new Map(buttons.map((b) => [b.getAttribute("name"), b.textContent.trim()])) };
  } catch {
    return null; // a body too long is cut
  }
}

function eventsOf(call) {
  try {
    return (JSON.parse(call.response).events ?? []).map((event) => asked(event, call)).filter(Boolean);
  } catch {
    return [];
  }
}

function asked({ initiator, timestamp, payload = {} }, call) {
  const message = payload.messageSent?.message;
  const click = payload.symphonyElementsAction;
  if (!message && !click) return null;
  const delivered = endOf(call);
  const sane = timestamp >= startOf(call) - 600_000 && timestamp <= delivered; // the pod's clock may have been moved
  const event = { call, delivered, asked: sane ? timestamp : delivered, from: initiator?.user ?? {}, ids: [] };
  if (click) return { ...event, form: urlSafe(click.formMessageId ?? ""), action: click.formValues?.action ?? "" };
  const ids = [message.messageId, message.replacing, message.initialMessageId].filter(Boolean).map(urlSafe);
  return { ...event, ids, text: parse(message.message ?? "").textContent.replace(/\s+/g, " ").trim() };
}

/** The rows of a request's waterfall in order of time: {call, label, start, end}, in milliseconds since it was asked for. */
export function timeline({ calls, question, reply }) {
  const zero = question?.asked ?? startOf(calls[0]);
  const row = (call) => ({ call, label: call.operation || call.method, start: startOf(call) - zero, end: endOf(call) - zero, reply: call === reply });
  const rows = calls.map(row);
  if (question) rows.unshift({ call: question.call, label: "datafeed", feed: true, start: 0, end: question.delivered - zero });
  for (const one of rows) one.after = awaited(one, rows);
  for (let one = rows.findLast((r) => r.reply); one; one = one.after) one.needed = true;
  return { rows, total: rows.find((r) => r.reply)?.end ?? Math.max(...rows.map((r) => r.end)) };
}

const SLACK_MS = 1; // clocks are read a little before and after

/** The call that ended last before this one began. */
function awaited(row, rows) {
  const earlier = rows.filter((other) => other !== row && other.start < row.start && other.end <= row.start + SLACK_MS);
  return earlier.reduce((last, other) => (!last || other.end > last.end ? other : last), null);
}
