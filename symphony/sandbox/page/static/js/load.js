// Reading what the pod knows into the store.

import { get, query } from "./api.js";
import { store, tell, urlSafe } from "./store.js";

export async function loadPeople() {
  const answer = await get("people");
  const bot = answer.bot ?? null;
  const people = (answer.people ?? []).filter((p) => p.id !== bot?.id);
  Object.assign(store, { people, groups: answer.groups ?? [], bot });
  tell("people");
}

export async function loadManifest() {
  const manifest = await get("manifest").catch(() => null); // a bot may have uploaded null, too
  store.commands = manifest?.commands ?? [];
  tell("manifest");
}

export async function loadFeeds() {
  const answer = await get("feeds").catch(() => ({}));
  store.feeds = answer.feeds ?? [];
  tell("feeds");
}

export async function loadFaults() {
  store.faults = await get("faults").catch(() => []);
  tell("faults");
}

export async function loadChats() {
  const { me } = store;
  const answer = await get(query("chats", { as: me.username }));
  if (store.me !== me) return; // somebody else was chosen meanwhile
  store.chats = new Map((answer.chats ?? []).map((chat) => [urlSafe(chat.streamId), chat]));
  tell("chats");
}
