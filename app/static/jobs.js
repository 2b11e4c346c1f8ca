"use strict";
// Looks again at how far jobs are. Without it one reloads the page. It stops before it would keep an unattended session
// from running out.
const LONGEST = 10 * 60 * 1000;
const began = Date.now();
let wait = 1500;
async function look() {
  const there = document.getElementById("going");
  if (!there || !("going" in there.dataset) || Date.now() - began > LONGEST) return;
  const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("going");
  if (!fresh) return;
  if (fresh.textContent !== there.textContent) {
    const busy = there.contains(document.activeElement);
    if (!busy || !("going" in fresh.dataset)) there.replaceChildren(...fresh.childNodes);
  }
  if (!("going" in fresh.dataset)) {
    delete there.dataset.going;
    return;
  }
  wait = Math.min(wait * 1.2, 10000);
  window.setTimeout(look, wait);
}
window.setTimeout(look, wait);
