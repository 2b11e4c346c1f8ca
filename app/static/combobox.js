"use strict";
// A unit is found by its code, its name or a part of it; the end of an address by a part of a commune's name, with or
// without diacritics. Without this a code or an address is typed; an address may always say something else.

const words = document.getElementById("combobox-words")?.dataset;
const PAUSE = 150; // after the last key, before the server is asked for places
const FIELDS = "input[data-suggest], input[data-places]";

const escaped = (text) => Object.assign(document.createElement("span"), { textContent: text }).innerHTML;
const unitShown = (unit) => (unit && unit.code ? `${unit.code} – ${unit.name}` : unit || "");
const placeShown = (place) => place?.address ?? (place || "");

const units = (address) => ({
  source: async (query, show) => {
    const answer = await fetch(`${address}?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } });
    show(answer.ok ? await answer.json() : []);
  },
  templates: { inputValue: unitShown, suggestion: (unit) => escaped(unitShown(unit)) },
  found: words.found,
  none: words.none,
});

async function placesFor(address, typed) {
  const data = new FormData();
  data.append("csrf_token", document.querySelector("input[name=csrf_token]").value);
  data.append("typed", typed);
  const answer = await fetch(address, { method: "POST", body: data });
  return answer.ok ? answer.json() : [];
}

function places(address, id) {
  let waiting = null;
  const here = () => document.activeElement?.id === id; // a draft that is put back asks for nothing
  return {
    source: (query, show) => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const found = here() ? await placesFor(address, query) : [];
        if (document.getElementById(id)?.value === query) show(here() ? found : []); // else more was typed meanwhile
      }, PAUSE);
    },
    templates: {
      inputValue: placeShown,
      suggestion: (place) => escaped(placeShown(place)) + (place.note ? ` <small>(${escaped(place.note)})</small>` : ""),
    },
    found: words.places,
    none: "",
  };
}

// What was chosen counts as typed: for the draft, and for who looks for the like.
function tell(holder) {
  const field = holder.querySelector("input");
  for (const name of ["input", "change"]) field.form?.dispatchEvent(new Event(name));
}

function enhance(field) {
  const { id, name, maxLength } = field;
  const holder = document.createElement("div");
  holder.className = "combobox";
  const described = field.getAttribute("aria-describedby");
  const { suggest, places: address } = field.dataset;
  Object.assign(holder.dataset, field.dataset);
  const list = suggest ? units(suggest) : places(address, id);
  field.replaceWith(holder);
  window.accessibleAutocomplete({
    element: holder,
    id,
    name,
    source: list.source,
    defaultValue: field.value,
    minLength: 2,
    confirmOnBlur: false,
    showNoOptionsFound: Boolean(list.none),
    displayMenu: "overlay",
    inputClasses: "form-control",
    templates: list.templates,
    onConfirm: () => setTimeout(() => tell(holder)),
    tNoResults: () => list.none,
    tStatusQueryTooShort: () => words.short,
    tStatusNoResults: () => list.none,
    tStatusSelectedOption: (option, length, index) => `${option} (${index + 1}/${length})`,
    tStatusResults: (length, selected) => `${length} ${list.found}. ${selected}`,
    tAssistiveHint: () => words.hint,
  });
  const input = holder.querySelector("input");
  if (maxLength > 0) input.maxLength = maxLength;
  if (described) input.setAttribute("aria-describedby", described);
}

function enhanceAll(within) {
  for (const field of within.querySelectorAll(FIELDS)) enhance(field);
}

if (words && document.querySelector(FIELDS)) {
  const library = document.createElement("script");
  library.src = words.library;
  library.addEventListener("load", () => {
    enhanceAll(document);
    document.addEventListener("line", (event) => enhanceAll(event.target)); // a further person
  });
  document.head.append(library);
}
