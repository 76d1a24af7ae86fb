// A sent message as composer text again, its mentions included.

import { entities, mentioned, parse } from "./presentationml.js";
import { person } from "./store.js";

const BLOCKS = new Set("p div h1 h2 h3 h4 h5 h6 ul ol li pre blockquote table tr".split(" "));

export function editable(message) {
  const reader = new Reader(entities(message.data));
  reader.read(parse(message.message));
  return { text: reader.text.replace(/\n+$/, ""), ranges: reader.ranges };
}

class Reader {
  text = "";
  ranges = [];

  constructor(data) {
    this.data = data;
  }

  read(el) {
    for (const node of el.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) this.text += node.data.replace(/\u00a0/g, " ");
      if (node.nodeType === Node.ELEMENT_NODE) this.#element(node);
    }
  }

  #element(el) {
    const name = el.localName.toLowerCase();
    if (name === "br") this.text += "\n";
    else if (el.classList.contains("entity")) this.#entity(el);
    else if (BLOCKS.has(name)) this.#block(el);
    else this.read(el);
  }

  #entity(el) {
    const start = this.text.length;
    this.text += el.textContent;
    const entity = this.data[el.getAttribute("data-entity-id")];
    const known = /mention/i.test(entity?.type ?? "") && person(mentioned(entity));
    if (known) this.ranges.push({ start, end: this.text.length, userId: known.id });
  }

  #block(el) {
    if (this.text && !this.text.endsWith("\n")) this.text += "\n";
    this.read(el);
    if (!this.text.endsWith("\n")) this.text += "\n";
  }
}
