// Mentions inside plain text: ranges that follow the text while it is edited.
// Offsets are UTF-16 in the field and code points on the wire.

import { everybody, marks } from "./store.js";

export class Mentions {
  ranges = []; // {start, end, userId}, in order
  #text = "";

  reset(text = "", ranges = []) {
    this.#text = text;
    this.ranges = ranges;
  }

  add(start, end, userId) {
    this.ranges.push({ start, end, userId });
    this.ranges.sort((a, b) => a.start - b.start);
  }

  endingAt(offset) {
    return this.ranges.find((r) => r.end === offset);
  }

  around(offset) {
    return this.ranges.find((r) => r.start < offset && offset <= r.end);
  }

  /** The field now holds text, with the caret behind what changed. A mention that was touched is text again. */
  follow(text, caret) {
    const [from, to, length] = change(this.#text, text, caret);
    const shift = length - (to - from);
    const touched = (r) => r.start < to && r.end > from || (from === to && r.start < from && from < r.end);
    this.ranges = this.ranges.filter((r) => !touched(r)).map((r) => (r.start >= to ? { ...r, start: r.start + shift, end: r.end + shift } : r));
    this.#text = text;
  }

  onWire() {
    const points = (offset) => [...this.#text.slice(0, offset)].length;
    return this.ranges.map((r) => ({ start: points(r.start), end: points(r.end), userId: r.userId }));
  }
}

/** [from, to) of the old text became `length` units of the new one. */
function change(before, after, caret) {
  let tail = after.length - caret;
  if (!before.endsWith(after.slice(caret))) tail = commonTail(before, after);
  const most = Math.min(before.length, after.length) - tail;
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  return [head, Math.max(head, before.length - tail), Math.max(0, after.length - tail - head)];
}

function commonTail(a, b) {
  let n = 0;
  while (n < Math.min(a.length, b.length) && a.at(-1 - n) === b.at(-1 - n)) n++;
  return n;
}

/** What is being typed after an "@" before the caret, or null. */
export function mentionQuery(text, caret) {
  const found = /(?:^|[\s("'“,;:+&=])@([^\n@]{0,40})$/u.exec(text.slice(0, caret));
  if (!found || /\s$/.test(found[1])) return null;
  return { word: found[1], start: caret - found[1].length - 1 };
}

/** People whose name, username or e-mail begins with the word, the best first. */
export function matchingPeople(word, { except = [] } = {}) {
  const wanted = fold(word);
  return everybody()
    .filter((p) => !except.includes(String(p.id)))
    .map((p) => ({ key: p.username, person: p, rank: rank(p, wanted) }))
    .filter((item) => item.rank < 9)
    .sort((a, b) => a.rank - b.rank || marks(a.person).length - marks(b.person).length || a.person.displayName.localeCompare(b.person.displayName))
    .slice(0, 8);
}

function rank(p, wanted) {
  const name = fold(p.displayName);
  if (name.startsWith(wanted) || p.username.startsWith(wanted)) return 0;
  if (name.split(" ").some((part) => part.startsWith(wanted))) return 1;
  return fold(p.email ?? "").startsWith(wanted) ? 2 : 9;
}

export function fold(text) {
  return text.normalize("NFD").replace(/[\p{M}'’]/gu, "").toLowerCase();
}
