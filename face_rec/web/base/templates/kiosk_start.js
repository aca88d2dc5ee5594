// The page before the kiosk's own: proves the device, then goes on, and says why when it cannot.

const said = document.getElementById("said");
const heading = document.querySelector("h1");
const waiting = document.getElementById("waiting");
const EVERY = 2000;
const WORDS = {
  insecure: "This address is not secure (HTTPS), so the browser gives it neither the camera nor a key of its own. Open the kiosk at its https:// address: the page Kiosks names it.",
  lost: "This is not the device that was linked, or its browser has lost its key. Ask an administrator for a new link.",
  away: "The server does not answer. This page tries again by itself.",
  database: waiting.dataset.text,
};

function say(state) {
  said.textContent = WORDS[state];
  heading.textContent = state === "database" ? waiting.dataset.heading : heading.dataset.first;
}

async function start() {
  const state = await proveDevice().catch(({ message }) => message === "database" ? message : "away");
  if (state === "ok") return void window.location.replace(said.dataset.next);
  say(state);
  if (state === "away" || state === "database") setTimeout(start, EVERY);
}

heading.dataset.first = "Starting the kiosk";
start();
