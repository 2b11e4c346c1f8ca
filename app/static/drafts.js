"use strict";
// What is typed is kept on the server every few seconds and offered again; typing counts as use of the session.
const settings = document.body.dataset;
const idle = Number(settings.idle) * 1000;
const warned = idle - 120_000; // two minutes before the session ends
const BEAT = 60_000; // typing is told at most this often
const PAUSE = 2_000; // of typing, before it is kept
const form = settings.drafts ? document.querySelector("main form[method=post].grid") : null;
const address = location.pathname;
let used = Date.now();

function envelope(fields) {
  const data = new FormData();
  data.append("csrf_token", document.querySelector("input[name=csrf_token]").value);
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

// Who signed in anew in another window has another token there; this page goes on with it.
async function renewToken() {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
  const fresh = page.querySelector("input[name=csrf_token]");
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = fresh.value;
}

async function send(to, fields) {
  const sent = () => fetch(to, { method: "POST", body: envelope(fields) });
  let answer = await sent();
  if (answer.status === 400) {
    await renewToken();
    answer = await sent();
  }
  if (answer.status === 401) used = 0;
  else if (answer.ok) used = Date.now();
  tellTheTime();
}

// The session.

const ending = document.getElementById("session-ends");
const ended = document.getElementById("session-ended");

function tellTheTime() {
  const passed = Date.now() - used;
  ended.hidden = passed < idle;
  ending.hidden = passed < warned || passed >= idle;
}

function beat() {
  send(settings.beat, {});
}

let beaten = Date.now();
setInterval(tellTheTime, 5_000);
ending.querySelector("button").addEventListener("click", beat);
ended.querySelector("button").addEventListener("click", () => (form ? form.submit() : location.reload()));
addEventListener("focus", () => {
  if (!ended.hidden) beat();
});
document.addEventListener("keydown", () => {
  if (Date.now() - beaten < BEAT || Date.now() - used >= idle) return;
  beaten = Date.now();
  beat();
});

// The draft.

function typed() {
  const unkept = ["csrf_token", "once", "reveal"];
  const pairs = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !unkept.includes(name));
  return JSON.stringify(pairs);
}

function keepWhileTyping() {
  let waiting = null;
  let changed = false;
  const keep = () => {
    waiting = null;
    changed = false;
    send(settings.drafts + "keep", { address, typed: typed() });
  };
  form.addEventListener("input", () => {
    changed = true;
    if (waiting === null) waiting = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    changed = false;
  });
  addEventListener("pagehide", () => {
    if (changed) navigator.sendBeacon(settings.drafts + "keep", envelope({ address, typed: typed() }));
  });
}

// A draft may hold more lines (persons) than the form that was just opened.
function makeRoomFor(name) {
  const list = name.match(/^(\w+)-\d+-/);
  if (!list) return;
  const lines = [...form.querySelectorAll("[data-lines]")].find((one) => one.querySelector(`[name^="${list[1]}-"]`));
  for (let tries = 0; lines && tries < 50 && !form.elements[name]; tries += 1) {
    lines.querySelector("[data-add-line]").click();
  }
}

function put(name, value) {
  makeRoomFor(name);
  for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
    if (field.matches("select[multiple]")) {
      for (const option of field.options) option.selected ||= option.value === value;
    } else if (field.matches("input[type=checkbox], input[type=radio]")) {
      field.checked ||= field.value === value;
    } else if (field.type !== "hidden") {
      field.value = value;
      if (field.closest(".combobox")) field.dispatchEvent(new Event("input", { bubbles: true })); // it draws its own value
    }
  }
}

function fill(pairs) {
  for (const box of form.querySelectorAll("input[type=checkbox], input[type=radio]")) box.checked = false;
  for (const option of form.querySelectorAll("select[multiple] option")) option.selected = false;
  for (const [name, value] of pairs) put(name, value);
  form.dispatchEvent(new Event("input"));
  form.querySelector("input:not([type=hidden]), select, textarea").focus();
}

async function offerDraft(offer) {
  const answer = await fetch(`${settings.drafts}?address=${encodeURIComponent(address)}`);
  if (answer.status !== 200) return;
  const draft = await answer.json();
  offer.querySelector("[data-kept]").textContent = draft.kept;
  offer.hidden = false;
  offer.querySelector("[data-use]").addEventListener("click", () => {
    offer.hidden = true;
    fill(draft.typed);
  });
  offer.querySelector("[data-drop]").addEventListener("click", () => {
    offer.hidden = true;
    send(settings.drafts + "drop", { address });
  });
}

if (form) {
  keepWhileTyping();
  const offer = document.getElementById("draft");
  if (offer) offerDraft(offer);
}
