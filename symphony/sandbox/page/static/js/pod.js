// Who is in this pod, and who stands behind each group.

import { post } from "./api.js";
import { peopleList } from "./chooser.js";
import { fill, h, toast } from "./dom.js";
import { avatar, badges } from "./people.js";
import { on, person, role, store } from "./store.js";

const SHOWN = 20; // members of a group

export function mountPod(root) {
  const everybody = () => [...store.people, ...(store.bot ? [{ ...store.bot, bot: true }] : [])];
  const groups = h("ul", { class: "cards" });
  const people = peopleList({ people: everybody, row: somebody });
  fill(root,
    h("h2", { class: "eyebrow" }, "Groups"), groups,
    h("h2", { class: "eyebrow" }, "People"), people.filter, people.list, people.rest,
    h("div", { class: "pod-foot" }, h("p", { class: "muted" }, "Forget every room and message of this sandbox."),
      h("button", { type: "button", class: "button button-tertiary", onclick: reset }, "Reset the pod")));
  on("people", () => { // what is typed into the filter stays
    fill(groups, store.groups.map(group));
    people.draw();
  });
}

function group(g) {
  const members = (g.members ?? []).map((id) => person(id?.id ?? id)).filter(Boolean);
  const rest = members.length - SHOWN;
  return h("li", { class: "panel-card" }, h("p", { class: "group-name" }, g.name, h("span", { class: "muted" }, ` ${members.length}`)),
    h("p", { class: "group-members" }, members.slice(0, SHOWN).map((p) => h("span", { class: "chip" }, avatar(p, "tiny"), p.displayName)),
      rest > 0 && h("span", { class: "muted" }, `and ${rest} more`)));
}

function somebody(p) {
  return h("div", { class: "pod-person" }, avatar(p, "small"), h("span", { class: "person-text" },
    h("span", { class: "person-name" }, p.displayName, h("span", { class: "muted mono" }, ` @${p.username}`), badges(p)),
    h("span", { class: "person-role" }, role(p)), p.about && h("span", { class: "pod-about" }, p.about)));
}

async function reset() {
  if (confirm("Forget every room, message and fault of this sandbox?")) await post("reset", {}).catch((refused) => toast(refused.message));
}
