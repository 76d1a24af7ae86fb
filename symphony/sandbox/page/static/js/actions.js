// What a click in a message does outside forms: links, rooms, dialogs.

import { attr, h, is, kind, modal, toast } from "./dom.js";
import { chatWith, open } from "./session.js";
import { person } from "./store.js";

/** A link. One to a room of this pod opens it here; others leave in a new tab. */
export function link(el, walk) {
  const url = absolute(el.getAttribute("href"));
  const content = walk.children(el);
  if (!url) return h("span", { title: el.getAttribute("href") }, content);
  const attributes = { href: url.href, title: el.getAttribute("title") ?? undefined, rel: "noopener noreferrer", target: "_blank" };
  const inside = opener(url);
  if (!inside) return h("a", attributes, content);
  const go = (event) => {
    event.preventDefault();
    attempt(inside);
  };
  return h("a", { ...attributes, class: "room-link", "data-testid": "open-room", onclick: go }, content);
}

function absolute(href) {
  try {
    const url = new URL(href);
    return ["http:", "https:", "mailto:", "symphony:"].includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

function opener(url) {
  if (url.protocol !== "symphony:" && url.hostname !== "open.symphony.com") return null;
  const stream = url.searchParams.get("streamId");
  if (stream) return () => open(stream.replaceAll(" ", "+")); // "+" not percent-encoded arrives as a blank
  const users = url.searchParams.get("startChat");
  return users ? () => chat(users.split(",")) : null;
}

async function attempt(run) {
  try {
    await run();
  } catch (refused) {
    toast(refused.message);
  }
}

async function chat(ids) {
  const usernames = ids.map((id) => person(id.trim())?.username).filter(Boolean);
  await open(await chatWith(...usernames));
}

/** <ui-action>: a button that opens a chat or a dialog. */
export function action(el, walk) {
  const button = [...el.getElementsByTagName("*")].find((child) => kind(child) === "button") ?? el;
  const label = button.textContent.trim() || "Open";
  const style = (button.getAttribute("class") ?? "").match(/primary|secondary|tertiary|destructive/)?.[0] ?? "primary";
  const attributes = { type: "button", class: `button button-${style}` };
  if (attr(el, "action") === "open-dialog") return h("button", { ...attributes, onclick: () => walk.dialogs?.get(attr(el, "target-id"))?.() }, label);
  const stream = attr(el, "stream-id");
  const users = (attr(el, "user-ids") ?? "").match(/\d+/g) ?? [];
  const run = stream ? () => open(stream) : () => chat(users);
  return h("button", { ...attributes, "data-testid": "open-room", onclick: () => attempt(run) }, label);
}

/** <dialog>: kept aside until its ui-action opens it. */
export function dialog(el, walk) {
  const part = (name) => [...el.children].find((child) => kind(child) === name || is(child, `dialog-${name}`));
  const title = part("title")?.textContent.trim() || "Dialog";
  const content = [part("body"), part("footer")].filter(Boolean).map((section) => h("div", { class: "pml" }, walk.children(section)));
  walk.dialogs ??= new Map();
  walk.dialogs.set(attr(el, "id"), () => modal(title, content));
  return [];
}
