"use strict";
// Petitions that may be the same: told beside a petition, and while one is typed. Escape puts them away.
const place = document.querySelector("[data-similar]");
const form = document.querySelector("form[data-typist]");
const PAUSE = 1_500; // after the last key
const LEAST = 20; // letters of the matter
let waiting = null;
let asked = "";
let dismissed = false;

function show(text) {
  place.innerHTML = text;
  place.querySelector("[data-dismiss]")?.addEventListener("click", dismiss);
}

function dismiss() {
  dismissed = true;
  show("");
}

async function beside() {
  const answer = await fetch(place.dataset.similar);
  if (answer.ok) show(await answer.text());
}

// What is compared; the rest of the form says nothing of it.
function compared() {
  const names = /^(csrf_token|summary|(petitioners|respondents)-\d+-(name|id_number|phone|address))$/;
  const data = new FormData();
  for (const [name, value] of new FormData(form)) if (names.test(name)) data.append(name, value);
  return data;
}

async function whileTyping() {
  const data = compared();
  const told = JSON.stringify([...data]);
  if (dismissed || told === asked || (data.get("summary") ?? "").length < LEAST) return;
  asked = told;
  const answer = await fetch(place.dataset.similar, { method: "POST", body: data });
  if (answer.ok && !dismissed) show(await answer.text());
}

if (place && form) {
  form.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(whileTyping, PAUSE);
  });
} else if (place) {
  beside();
}
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && place?.firstElementChild) dismiss();
});
