// Light and dark: the system's choice until the reader makes one.

import { $, fill, icon } from "./dom.js";

const KEY = "sandbox.theme";

export function mountTheme() {
  const button = $("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const current = () => document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light");
  const draw = () => fill(button, icon(current() === "dark" ? "sun" : "moon"));
  const saved = read();
  if (saved) document.documentElement.dataset.theme = saved;
  button.addEventListener("click", () => {
    const next = current() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    write(next);
    draw();
  });
  system.addEventListener("change", draw);
  draw();
}

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function write(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch { /* remembered only for this visit */ }
}
