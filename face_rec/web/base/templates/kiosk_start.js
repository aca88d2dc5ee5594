// The page before the kiosk's own: proves the device, then goes on, and says why when it cannot.

const said = document.getElementById("said");
const heading = document.querySelector("h1");
const words = document.getElementById("words").dataset;
const EVERY = 2000;

function say(state) {
  said.textContent = words[state];
  heading.textContent = state === "database" ? words.waiting : words.starting;
}

async function start() {
  const state = await proveDevice().catch(({ message }) => message === "database" ? message : "away");
  if (state === "ok") return void window.location.replace(said.dataset.next);
  say(state);
  if (state === "away" || state === "database") setTimeout(start, EVERY);
}

start();
