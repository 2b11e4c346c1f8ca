"use strict";
// A unit is found by its code, its name or a part of it, with or without diacritics. Without this a code is typed.

const words = document.getElementById("combobox-words")?.dataset;

function source(address) {
  return async (query, show) => {
    const answer = await fetch(`${address}?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } });
    show(answer.ok ? await answer.json() : []);
  };
}

const shown = (unit) => (unit && unit.code ? `${unit.code} – ${unit.name}` : unit || "");
const escaped = (text) => Object.assign(document.createElement("span"), { textContent: text }).innerHTML;

function enhance(field) {
  const { id, name } = field;
  const holder = document.createElement("div");
  holder.className = "combobox";
  const described = field.getAttribute("aria-describedby");
  field.replaceWith(holder);
  window.accessibleAutocomplete({
    element: holder,
    id,
    name,
    source: source(field.dataset.suggest),
    defaultValue: field.value,
    minLength: 2,
    confirmOnBlur: false,
    displayMenu: "overlay",
    inputClasses: "form-control",
    templates: { inputValue: shown, suggestion: (unit) => escaped(shown(unit)) },
    tNoResults: () => words.none,
    tStatusQueryTooShort: () => words.short,
    tStatusNoResults: () => words.none,
    tStatusSelectedOption: (option, length, index) => `${option} (${index + 1}/${length})`,
    tStatusResults: (length, selected) => `${length} ${words.found}. ${selected}`,
    tAssistiveHint: () => words.hint,
  });
  if (described) holder.querySelector("input").setAttribute("aria-describedby", described);
}

const fields = document.querySelectorAll("input[data-suggest]");
if (fields.length && words) {
  const library = document.createElement("script");
  library.src = words.library;
  library.addEventListener("load", () => fields.forEach(enhance));
  document.head.append(library);
}
