// One request as a waterfall: its calls as bars under a time axis, the reply at the end.

import { callDetail } from "./calls.js";
import { fill, h, icon, set, sync } from "./dom.js";
import { avatar } from "./people.js";
import { timeline } from "./requests.js";
import { groupByProfile, person } from "./store.js";
import { span, tickFigure, timescale } from "./timescale.js";

const MANY = 30; // calls from which on a row of equal ones is shown as one
const ROW_PX = 24;
const BELOW_PX = 6; // from a row's middle to below its bar
const CHAR_PX = 6.5; // of the figures beside bars, about
const LABELLED = 0.72; // of the axis: further on is the figure of the reply

export class Waterfall {
  open = null; // null: as long as it is the newest
  #rows = new Map(); // call number -> its row
  #unfolded = new Set(); // first call of a run that is shown call by call
  #head = h("button", { type: "button", class: "request-head", "data-row": true, onclick: () => this.#toggle() });
  #axis = h("div", { class: "axis", "aria-hidden": "true" });
  #bars = h("ul", { class: "bars", "aria-label": "Calls in order of time" });
  #marks = h("div", { class: "marks", "aria-hidden": "true" });
  #besideLegend = h("span", { class: "legend-beside" }, "ran at the same time");
  #cutLegend = h("span", { class: "legend-cut" }, "a pause, shortened");
  #body = h("div", { class: "waterfall" }, this.#axis, h("div", { class: "bars-area" }, this.#marks, this.#bars),
    h("p", { class: "legend" }, h("span", {}, "the reply waited for it"), this.#besideLegend, this.#cutLegend));
  element = h("li", { class: "request", "data-testid": "wire-request" }, this.#head, this.#body);

  constructor(changed) {
    this.changed = changed;
  }

  /** Shows an entry of the log; visible(call) is the list's filter. */
  draw(entry, { newest, visible }) {
    const { rows, total } = timeline(entry);
    const open = this.open ?? newest;
    this.#drawHead(entry, total, open);
    this.#body.hidden = !open;
    if (!open) return;
    const scale = { ...timescale(rows), width: this.#axis.clientWidth || 240 };
    this.#drawAxis(scale, rows);
    this.#besideLegend.hidden = rows.every((row) => row.needed);
    this.#cutLegend.hidden = !scale.cuts.length;
    const lines = this.#fold(rows.filter((row) => row.feed || visible(row.call)));
    lines.forEach((line, n) => (line.index = n));
    const elements = lines.map((line) => (line.run ? this.#runRow(line, scale) : this.#barRow(line, scale, lines)));
    sync(this.#bars, elements);
  }

  #toggle() {
    this.open = this.#body.hidden;
    this.changed();
  }

  #drawHead({ question, calls, reply, trace }, total, open) {
    const refused = calls.filter((call) => call.status >= 400 || !call.status).length;
    const facts = [`${calls.length} ${calls.length === 1 ? "call" : "calls"}`, refused && `${refused} refused`, !reply && "no reply yet", !question && `trace ${trace}`];
    const key = JSON.stringify([question?.text, facts, total, open]);
    if (this.#head.dataset.key === key) return;
    this.#head.dataset.key = key;
    set(this.#head, { "aria-expanded": String(open) });
    const { from = {} } = question ?? {};
    fill(this.#head, question ? avatar({ id: from.userId, displayName: from.displayName }, "small") : h("span", { class: "avatar small", "aria-hidden": "true" }, "?"),
      h("span", { class: "request-text" },
        h("span", { class: "request-what", title: question?.text }, question ? question.text : "A request"),
        h("span", { class: "request-facts" }, [question && from.displayName, ...facts].filter(Boolean).join(" · "))),
      h("span", { class: "request-total" }, span(total)), icon("chevron", 16));
  }

  #drawAxis(scale, rows) {
    const place = (element, at) => (element.style.setProperty("--at", at), element);
    const reply = rows.find((row) => row.reply);
    fill(this.#axis, scale.ticks.filter((tick) => tick.place < LABELLED).map((tick) => place(h("span", { class: "tick" }, tickFigure(tick.ms, scale.end)), tick.place)),
      reply && place(h("span", { class: "tick tick-reply" }, span(reply.end)), scale.at(reply.end)));
    fill(this.#marks, scale.ticks.map((tick) => place(h("i", { class: "grid" }), tick.place)), scale.cuts.map((cut) => {
      const mark = place(h("i", { class: "cut" }, h("b", {}, span(cut.to - cut.from))), scale.at(cut.from));
      mark.style.setProperty("--to", scale.at(cut.to));
      return mark;
    }), reply && place(h("i", { class: "reply-line" }), scale.at(reply.end)));
  }

  /** Of very many calls, those of one kind in a row become one line. */
  #fold(rows) {
    if (rows.length <= MANY) return rows;
    const out = [];
    for (const row of rows) {
      const run = out.at(-1);
      if (run?.run && run.label === row.label) run.run.push(row);
      else out.push({ label: row.label, run: [row] });
    }
    return out.flatMap((line) => (line.run.length < 4 || this.#unfolded.has(line.run[0].call.n) ? line.run : line));
  }

  #runRow({ label, run }, scale) {
    const first = run[0].call.n;
    const unfold = () => {
      this.#unfolded.add(first);
      this.open = true;
      this.changed(first);
    };
    const [start, end] = [run[0].start, Math.max(...run.map((row) => row.end))];
    const name = `${label} ×${run.length}`;
    return h("li", { class: "bar-row" }, h("button", { type: "button", class: "bar-head", "data-row": true, "aria-expanded": "false", onclick: unfold },
      h("span", { class: "bar-label" }, name),
      h("span", { class: "track" }, run.map((row) => bar(row, scale)), figure({ start, end }, scale, [{ text: span(end - start) }]))));
  }

  #barRow(row, scale, lines) {
    const { call } = row;
    if (!this.#rows.has(call.n)) this.#rows.set(call.n, this.#newRow(call));
    const { element, head } = this.#rows.get(call.n);
    const key = JSON.stringify([row.index, row.after?.index, scale.at(row.start), scale.at(row.end), scale.width, row.needed, row.reply]);
    if (head.dataset.key === key) return element;
    head.dataset.key = key;
    const bad = call.status >= 400 || !call.status;
    const track = h("span", { class: "track" }, link(row, scale, lines), bar(row, scale),
      figure(row, scale, [{ text: span(row.end - row.start) }, whoOf(call), bad && { kind: "status", text: String(call.status || "no answer") }, row.reply && { kind: "reply", text: "reply" }]));
    fill(head, h("span", { class: "bar-label" }, row.label), track, h("span", { class: "sr" }, spoken(row)));
    return element;
  }

  #newRow(call) {
    const detail = callDetail(call, () => {
      this.open = true;
    });
    const head = set(detail.head, { class: "bar-head", "data-row": true, title: `${call.method} ${call.path.split("?")[0]}` });
    return { head, element: h("li", { class: "bar-row", "data-testid": "wire-row" }, head, detail.body) };
  }
}

/** The person or group whose id is the call's body. */
function whoOf(call) {
  const id = /^\{"id":(\d+)\}$/.exec(call.request)?.[1];
  const name = id && (person(id)?.displayName ?? groupByProfile(id)?.name);
  return name && { kind: "who", text: name };
}

function bar(row, scale) {
  const { status } = row.call;
  const look = row.feed ? "feed" : !status || status >= 500 ? "broken" : status >= 400 ? "refused" : row.needed ? "needed" : "beside";
  const element = h("i", { class: "bar", "data-look": look });
  element.style.setProperty("--at", scale.at(row.start));
  element.style.setProperty("--to", scale.at(row.end));
  return element;
}

/** How long a call took, and for whom: right of its bar, or left of it where only there is room. */
function figure(row, scale, texts) {
  const [from, to] = [scale.at(row.start), scale.at(row.end)];
  const rooms = { right: (1 - to) * scale.width, left: from * scale.width };
  const wide = (parts) => parts.reduce((sum, { text }) => sum + text.length * CHAR_PX + 6, 6);
  const fits = (parts) => ["right", "left"].find((side) => rooms[side] >= wide(parts));
  const parts = texts.filter(Boolean);
  const named = parts.some((part) => part.kind === "who") && parts.filter((part) => part.kind);
  const least = parts.filter((part) => part.kind !== "who");
  const shown = [parts, named, least].find((some) => some && fits(some)) ?? least;
  const side = fits(shown) ?? (rooms.right >= rooms.left ? "right" : "left");
  const element = h("span", { class: "bar-figure", "data-side": side }, shown.map(({ text, kind }) => h("span", { class: kind && `bar-${kind}` }, text)));
  element.style.setProperty("--at", side === "right" ? to : 1 - from);
  return element;
}

/** A line from the end of the call that this one began after. */
function link(row, scale, lines) {
  const from = row.after && lines.indexOf(row.after);
  if (!row.after || from < 0) return null;
  const element = h("i", { class: "bar-link", "data-needed": row.needed ? "yes" : null });
  element.style.setProperty("--at", scale.at(row.start));
  element.style.setProperty("--up", `${(row.index - from) * ROW_PX - BELOW_PX}px`);
  return element;
}

function spoken(row) {
  if (row.feed) return " brought the message to the bot";
  const parts = [`began ${span(row.start)} after the message`, row.after && `once ${row.after.label} had ended`, row.needed && !row.reply && "the reply waited for it"];
  return `, ${parts.filter(Boolean).join(", ")}`;
}
