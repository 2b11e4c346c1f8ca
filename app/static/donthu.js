"use strict";
// Suggestions of units, further lines of a list, questions before what cannot be undone. Everything works without it.
document.addEventListener("input", async (event) => {
  const field = event.target;
  if (!field.dataset || !field.dataset.suggest || field.value.length < 2) return;
  const answer = await fetch(field.dataset.suggest + "?q=" + encodeURIComponent(field.value), { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const list = document.getElementById(field.getAttribute("list"));
  if (!list) return;
  list.replaceChildren(...(await answer.json()).map((unit) => {
    const option = document.createElement("option");
    option.value = unit.code;
    option.textContent = unit.name;
    return option;
  }));
});
document.addEventListener("click", (event) => {
  const asks = event.target.closest("[data-confirm]");
  if (asks && !window.confirm(asks.dataset.confirm)) event.preventDefault();
  const add = event.target.closest("[data-add-line]");
  if (!add) return;
  const lines = add.closest("[data-lines]");
  const last = [...lines.querySelectorAll("[data-line]")].pop();
  const next = last.cloneNode(true);
  for (const element of next.querySelectorAll("[name], [for], [id]")) {
    for (const name of ["name", "id", "for"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace(/-(\d+)-/, (_, number) => "-" + (Number(number) + 1) + "-"));
    }
    if (element.matches("input")) element.value = "";
  }
  last.after(next);
  next.querySelector("input").focus();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
for (const zone of document.querySelectorAll("[data-drop]")) {
  const files = zone.querySelector("input[type=file]");
  zone.addEventListener("dragover", (event) => { event.preventDefault(); zone.classList.add("over"); });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (event.dataTransfer.files.length) { files.files = event.dataTransfer.files; zone.requestSubmit(); }
  });
}
