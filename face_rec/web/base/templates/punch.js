// Punching on one's own phone: where it is, asked only when the button is pressed; how far that is,
// which the server says and draws; then the face, and what came of it.

const GO = document.querySelector("#go"), SAYS = document.querySelector("#said");
const WHERE = document.querySelector("#where"), FILM = document.querySelector("#capture");
const ASKING = JSON.parse(GO.dataset.said);
const FOUND_WITHIN_MS = 20000, WHY = { 1: "denied", 2: "unknown", 3: "slow" };

function say(text, kind = "") {
  SAYS.className = `said ${kind}`;
  SAYS.textContent = text;
}

function position() {
  const wish = { enableHighAccuracy: true, timeout: FOUND_WITHIN_MS, maximumAge: 0 };
  return new Promise((found, failed) => navigator.geolocation.getCurrentPosition(found, failed, wish));
}

// What the phone told is sent once and kept nowhere, here neither.
async function near({ latitude, longitude, accuracy }) {
  const kind = document.querySelector("input[name=kind]:checked")?.value ?? "";
  const answer = await fetch("/my/punch/where", {
    method: "POST", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ latitude, longitude, accuracy, kind }), signal: AbortSignal.timeout(10000),
  });
  if (answer.redirected || [401, 403].includes(answer.status)) { location.reload(); return {}; }
  return answer.json();
}

function ended(result) {
  say(result.text, result.became === "refused" ? "problem" : "note");
  GO.hidden = result.became !== "refused";
  GO.disabled = false;
  FILM.hidden = true;
  SAYS.focus();
}

function look(told) {
  for (const step of FILM.querySelectorAll("[data-view]")) {
    step.hidden = !told.steps.includes(step.dataset.view);
    step.classList.remove("taken", "now");
  }
  const film = new PhoneFilm(FILM, ({ result }) => {
    if (result) ended(result);
    return !result;
  }, { "X-Punch": told.punch });
  film.over = () => location.assign("/my/punch?note=over");
  say(told.text);
  GO.hidden = true;
  film.run();
  FILM.scrollIntoView({ block: "start" });
}

async function punch() {
  GO.disabled = true;
  WHERE.replaceChildren();
  if (!window.isSecureContext || !navigator.geolocation) { say(ASKING.insecure, "problem"); return; }
  say(ASKING.asking);
  try {
    const told = await near((await position()).coords);
    WHERE.innerHTML = told.picture ?? "";  // drawn by our own server
    if (told.punch) { look(told); return; }
    if (told.problem) say(told.problem, "problem");
  } catch (error) {
    say(ASKING[WHY[error.code]] && error instanceof GeolocationPositionError ? ASKING[WHY[error.code]] : ASKING.server, "problem");
  }
  GO.disabled = false;
}

GO.addEventListener("click", punch);
