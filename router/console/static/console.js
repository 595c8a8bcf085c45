// What pages need beside htmx: keys, and nothing that is not on the page already.
"use strict";

const isTyping = (element) => element.matches("input, select, textarea, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (wanted !== null) {
    event.preventDefault();
    wanted.focus();
  }
});

document.addEventListener("input", (event) => {
  if (event.target.type === "range") event.target.nextElementSibling.value = event.target.value;
});
