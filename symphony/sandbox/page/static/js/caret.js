// A line of code with a caret line under it: "^" below a place. Wrapped, the two would part, so the
// caret hangs below its character instead.

import { h } from "./dom.js";

const CARET = /^( *)\^ *$/;

/** The lines of a text as nodes, each caret line hung below the line before; null without any. */
export function caretLines(text) {
  const lines = text.split("\n");
  if (!lines.some((line, n) => n > 0 && CARET.test(line))) return null;
  const out = [];
  for (const [n, line] of lines.entries()) {
    if (n > 0 && CARET.test(line) && !CARET.test(lines[n - 1])) continue;
    const column = CARET.exec(lines[n + 1] ?? "")?.[1].length;
    out.push(n > 0 && "\n", column === undefined ? line : marked(line, column));
  }
  return out.flat().filter(Boolean);
}

function marked(line, column) {
  const characters = [...line];
  let at = 0;
  for (let columns = 0; at < characters.length && columns + width(characters[at]) <= column; at++) columns += width(characters[at]);
  while (at > 0 && at < characters.length && width(characters[at]) === 0) at++;
  const place = h("span", { class: "marked" }, characters[at] ?? " ", h("span", { class: "caret", "aria-hidden": "true" }, "^"), h("span", { class: "sr" }, " (here) "));
  return [characters.slice(0, at).join(""), place, characters.slice(at + 1).join("")];
}

/** Columns of a character in a fixed-width font. */
function width(character) {
  if (/[\p{Mn}\p{Me}]/u.test(character)) return 0;
  return /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u.test(character) ? 2 : 1;
}
