"use strict";
// Further lines of a list, questions before what cannot be undone, files dropped, printing. Everything works without it.

// What a script drew around a field is drawn anew for the copy.
function plainFields(line) {
  for (const holder of line.querySelectorAll(".combobox")) {
    const drawn = holder.querySelector("input");
    const field = document.createElement("input");
    for (const name of ["id", "name", "maxlength"]) {
      if (drawn.hasAttribute(name)) field.setAttribute(name, drawn.getAttribute(name));
    }
    Object.assign(field.dataset, holder.dataset);
    field.className = "form-control";
    field.autocomplete = "off";
    holder.replaceWith(field);
  }
}

function addLine(lines) {
  const last = [...lines.querySelectorAll("[data-line]")].pop();
  const next = last.cloneNode(true);
  plainFields(next);
  for (const element of next.querySelectorAll("[name], [for], [id]")) {
    for (const name of ["name", "id", "for"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace(/-(\d+)-/, (_, number) => `-${Number(number) + 1}-`));
    }
    if (element.matches("input")) element.value = "";
    if (element.matches("select")) element.selectedIndex = 0;
  }
  for (const wrong of next.querySelectorAll(".error")) wrong.remove();
  last.after(next);
  next.dispatchEvent(new Event("line", { bubbles: true }));
  next.querySelector("input").focus();
}

document.addEventListener("click", (event) => {
  const asks = event.target.closest("[data-confirm]");
  if (asks && !window.confirm(asks.dataset.confirm)) event.preventDefault();
  const add = event.target.closest("[data-add-line]");
  if (add) addLine(add.closest("[data-lines]"));
  if (event.target.closest("[data-print]")) window.print();
});

for (const zone of document.querySelectorAll("[data-drop]")) {
  const files = zone.querySelector("input[type=file]");
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    files.files = event.dataTransfer.files;
    zone.requestSubmit();
  });
}

// What is asked only of some (a second complaint, a denunciation) is there when it is asked, or when something stands in it.
for (const form of document.querySelectorAll("form:has([data-when])")) {
  const fit = () => {
    for (const field of form.querySelectorAll("[data-when]")) {
      const [name, value] = field.dataset.when.split("=");
      const own = field.querySelector("input, select, textarea");
      const said = own.type === "checkbox" ? own.checked : own.value !== "";
      field.hidden = form.elements[name].value !== value && !said && !field.classList.contains("wrong");
    }
  };
  form.addEventListener("change", fit);
  fit();
}

document.querySelector("[data-focus]")?.focus();

// On a narrow screen each row of a list is a card: its cells say what they are.
for (const table of document.querySelectorAll("table.rows")) {
  const headings = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.replace(/[▾▴]/g, "").trim());
  for (const row of table.querySelectorAll("tbody tr")) {
    [...row.cells].forEach((cell, place) => {
      cell.dataset.label = headings[place] ?? "";
      if (!cell.textContent.trim() && !cell.querySelector("input")) cell.classList.add("empty-cell");
    });
  }
  table.classList.add("carded");
}
