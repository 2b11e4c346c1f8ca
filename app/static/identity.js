"use strict";
// While somebody writes what a denunciation says: a word of warning where it tells who denounced. The server looks again, and more closely.
for (const form of document.querySelectorAll("[data-identity]")) {
  const warning = form.querySelector("[data-identity-warning]");
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
  const words = (text) => plain(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const calls = new Set(["ong", "ba", "anh", "chi", "co", "chu", "bac", "cau", "cu"]);
  const holds = (text, name) => {
    const all = words(text), wanted = words(name).filter((word, place) => place > 1 || !/^\d+$/.test(word) && !calls.has(word));
    if (wanted.length < 2) return false;
    const given = wanted[wanted.length - 1];
    if ((" " + all.join(" ") + " ").includes(" " + wanted.join(" ") + " ")) return true;
    return all.some((word, place) => word === given && calls.has(all[place - 1]));
  };
  const look = () => {
    const kind = form.elements[form.dataset.identity];
    const fields = [...form.querySelectorAll("textarea, input[name=matter]")];
    const people = [...form.querySelectorAll("[name^='petitioners-']")];
    const text = fields.map((field) => field.value).join("\n"), digits = text.replace(/[\s.\-()/]/g, "");
    const told = people.some((field) => {
      if (field.value.trim() === "") return false;
      if (field.name.endsWith("-name")) return holds(text, field.value);
      const number = field.value.replace(/\D/g, "").replace(/^(84|0)/, "");
      if (field.name.endsWith("-address")) return words(field.value).length > 2 && words(text).join(" ").includes(words(field.value).join(" "));
      return number.length > 5 && digits.includes(number);
    });
    warning.hidden = !(told && kind && kind.value === "denunciation");
  };
  form.addEventListener("input", look);
  look();
}
