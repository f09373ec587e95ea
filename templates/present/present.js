// Keys and buttons for whoever stands in front of the room.
(() => {
  "use strict";
  // The token has done its work, and the address is on the wall.
  history.replaceState(null, "", location.pathname);

  const root = document.documentElement;
  const kept = (name, otherwise) => localStorage.getItem(`samenspel-${name}`) ?? otherwise;
  const keep = (name, value) => localStorage.setItem(`samenspel-${name}`, value);

  const night = (on) => {
    root.classList.toggle("night", on);
    keep("night", on ? "yes" : "no");
  };
  const size = (factor) => {
    const bounded = Math.min(1.6, Math.max(0.6, factor));
    root.style.fontSize = `${Math.round(bounded * 100)}%`;
    keep("size", String(bounded));
  };

  const steps = () => [...document.querySelectorAll(".jp-MarkdownCell h1, .jp-MarkdownCell h2")];
  const go = (way) => {
    const margin = document.querySelector(".bar").offsetHeight + 16;
    const tops = steps().map((step) => step.getBoundingClientRect().top - margin);
    const next = way > 0 ? tops.findIndex((top) => top > 8) : tops.findLastIndex((top) => top < -8);
    if (next >= 0) window.scrollBy(0, tops[next]);
  };

  const actions = {
    n: () => go(1),
    p: () => go(-1),
    d: () => night(!root.classList.contains("night")),
    "+": () => size(Number(kept("size", 1)) + 0.1),
    "=": () => size(Number(kept("size", 1)) + 0.1),
    "-": () => size(Number(kept("size", 1)) - 0.1),
    r: () => location.reload(),
  };
  // What is typed or chosen in a field is for that field.
  const FIELDS = "input, textarea, select, [contenteditable], [role=slider], .noUi-handle";

  document.addEventListener("keydown", (event) => {
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(FIELDS)) return;
    event.preventDefault();
    action();
  });
  document.querySelector(".keys").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) actions[button.dataset.key]();
  });

  night(kept("night", "no") === "yes");
  size(Number(kept("size", 1)));

  // Voilà counts cells in English; the line that stands there says enough.
  window.voila_heartbeat = () => {};
})();
