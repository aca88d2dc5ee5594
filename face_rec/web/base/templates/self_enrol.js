// Registering on one's own phone: all views, then a button to send them.

const READY = document.querySelector("#ready");
new PhoneFilm(document.querySelector("#capture"), ({ guide }) => {
  if (!guide.done) return true;
  READY.hidden = false;
  READY.querySelector("button").focus();
  return false;
}).run();
for (const form of READY.querySelectorAll("form")) {
  form.addEventListener("submit", () => setTimeout(() => READY.querySelectorAll("button").forEach((one) => { one.disabled = true; })));
}
