"use strict";
// Security keys: the browser asks the key, the answer goes back with the form. Loaded only where a key is asked for.
const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const read = (options) => {
  options.challenge = decode(options.challenge);
  if (options.user) options.user.id = decode(options.user.id);
  for (const list of [options.excludeCredentials, options.allowCredentials]) for (const item of list || []) item.id = decode(item.id);
  return options;
};
const write = (found) => {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) if (found.response[name]) response[name] = encode(found.response[name]);
  return JSON.stringify({ id: found.id, rawId: encode(found.rawId), type: found.type, response, clientExtensionResults: found.getClientExtensionResults() });
};
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-key-get], [data-key-create]");
  if (!button) return;
  const form = button.closest("form");
  const says = form.querySelector("[data-key-says]");
  if (!form.reportValidity()) return;
  says.textContent = "";
  try {
    const making = button.dataset.keyCreate;
    const publicKey = read(JSON.parse(making || button.dataset.keyGet));
    const found = making ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
    form.querySelector("[name=credential]").value = write(found);
    form.submit();
  } catch (trouble) {
    says.textContent = button.dataset.keyFailed;
  }
});
