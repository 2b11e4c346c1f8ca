"use strict";
// Drawing regions to be covered on pages; what counts is the text area, which can be typed in as well.
const form = document.querySelector("[data-cover]");
const lines = form.querySelector("#regions");
let drawn = null;
function show() {
  for (const old of form.querySelectorAll(".region")) old.remove();
  for (const line of lines.value.split("\n")) {
    const [page, left, top, right, bottom] = line.trim().split(/\s+/).map(Number);
    const sheet = form.querySelector(`[data-page="${page}"] .board`);
    if (!sheet || Number.isNaN(bottom)) continue;
    const region = document.createElement("div");
    region.className = "region";
    Object.assign(region.style, { left: left + "%", top: top + "%", width: right - left + "%", height: bottom - top + "%" });
    sheet.append(region);
  }
}
function place(board, event) {
  const box = board.getBoundingClientRect();
  const within = (value) => Math.min(100, Math.max(0, value));
  return [within(((event.clientX - box.left) / box.width) * 100), within(((event.clientY - box.top) / box.height) * 100)];
}
form.addEventListener("pointerdown", (event) => {
  const board = event.target.closest(".board");
  if (!board) return;
  event.preventDefault();
  board.setPointerCapture(event.pointerId);
  drawn = { board, start: place(board, event) };
});
form.addEventListener("pointerup", (event) => {
  if (!drawn) return;
  const [x, y] = drawn.start;
  const [u, v] = place(drawn.board, event);
  const page = drawn.board.closest("[data-page]").dataset.page;
  drawn = null;
  if (Math.abs(u - x) < 0.5 || Math.abs(v - y) < 0.5) return;
  const sides = [Math.min(x, u), Math.min(y, v), Math.max(x, u), Math.max(y, v)].map((side) => side.toFixed(2));
  lines.value = (lines.value.trim() + "\n" + [page, ...sides].join(" ")).trim();
  show();
});
form.querySelector("[data-undo]").addEventListener("click", () => {
  lines.value = lines.value.trim().split("\n").slice(0, -1).join("\n");
  show();
});
lines.addEventListener("input", show);
show();
