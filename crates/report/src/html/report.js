"use strict";
const bar = document.querySelector(".filter");
if (bar) {
  const search = bar.querySelector("input");
  const buttons = [...bar.querySelectorAll("button")];
  const items = [...document.querySelectorAll("[data-severity]")];
  const groups = [...document.querySelectorAll("[data-group]")];
  const texts = new Map();
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = new Set(buttons.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.value));
    let shown = 0;
    for (const item of items) {
      let visible = chosen.has(item.dataset.severity);
      if (visible && words.length) {
        if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
        visible = words.every((word) => texts.get(item).includes(word));
      }
      item.classList.toggle("gone", !visible);
      shown += visible;
    }
    for (const group of groups) group.classList.toggle("gone", !group.querySelector("[data-severity]:not(.gone)"));
    bar.querySelector("output").textContent = shown === items.length ? "" : `${shown} of ${items.length} shown`;
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
      apply();
    });
  }
  search.addEventListener("input", apply);
  bar.hidden = false;
}
