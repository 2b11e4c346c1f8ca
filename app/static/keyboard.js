"use strict";
// The keyboard: Enter goes on to the next field and Ctrl+Enter stores; letters that lead somewhere are underlined; ? tells
// of them all.

const help = document.getElementById("shortcuts");
const typing = (element) => element.closest("input, select, textarea, [contenteditable]") !== null;
const plain = (letter) => letter.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();

function underline(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const place = [...node.data].findIndex((letter) => plain(letter) === element.accessKey);
    if (place < 0) continue;
    const letter = node.splitText(place);
    letter.splitText(1);
    const mark = document.createElement("u");
    letter.replaceWith(mark);
    mark.append(letter);
    return;
  }
}

function listShortcuts() {
  const list = help.querySelector("dl");
  for (const element of document.querySelectorAll("[accesskey]")) {
    const key = document.createElement("dt");
    const what = document.createElement("dd");
    key.textContent = `Alt + ${element.accessKey.toUpperCase()}`;
    what.textContent = element.textContent.trim();
    list.append(key, what);
  }
}

function next(form, from) {
  const fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, button")].filter(
    (field) => !field.disabled && field.offsetParent !== null && field.tabIndex >= 0,
  );
  return fields[fields.indexOf(from) + 1];
}

function onEnter(event) {
  const form = event.target.closest("form.grid");
  if (!form) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[type=submit]"));
    return;
  }
  const one = event.target.matches("input:not([type=checkbox], [type=radio], [type=file]), select");
  if (!one || !form.hasAttribute("data-typist") || event.target.getAttribute("aria-expanded") === "true") return;
  event.preventDefault();
  next(form, event.target)?.focus();
}

// With Alt alone in every browser; Firefox by itself wants Shift as well.
function onAlt(event) {
  const target = [...document.querySelectorAll("[accesskey]")].find((one) => one.accessKey === event.key.toLowerCase());
  if (!target) return;
  event.preventDefault();
  target.click();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) onEnter(event);
  if (event.altKey && !event.ctrlKey && !event.metaKey && !help.open) onAlt(event);
  if (typing(event.target) || event.ctrlKey || event.altKey || event.metaKey || help.open) return;
  const search = document.querySelector("main input[name=text]");
  if (event.key === "?") help.showModal();
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
  }
});

// Groups of the menu close when something else is opened or pressed; on a narrow screen the menu is one button.
document.addEventListener("click", (event) => {
  for (const group of document.querySelectorAll("details.group[open]")) {
    if (!group.contains(event.target)) group.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const group = event.key === "Escape" && event.target.closest("details.group[open]");
  if (!group) return;
  group.open = false;
  group.querySelector("summary").focus();
});
const fold = document.querySelector(".fold");
fold.hidden = false;
fold.addEventListener("click", () => {
  const open = fold.getAttribute("aria-expanded") !== "true";
  fold.setAttribute("aria-expanded", open);
  document.body.classList.toggle("menu-open", open);
});
document.body.classList.add("menu-folds");

if (!document.querySelector("[data-focus]")) {
  document.querySelector("form[data-typist]")?.querySelector("input:not([type=hidden]), select, textarea").focus();
}
for (const element of document.querySelectorAll("[accesskey]")) underline(element);
listShortcuts();
