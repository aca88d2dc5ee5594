// Registering on one's own phone: its camera, stills sent one after another over HTTP, and what the
// answers say is to be done next. A page of its own, without Streamlit and without a socket: it works
// over a slow mobile line, and behind every proxy.

const FILM = document.querySelector("#capture"), READY = document.querySelector("#ready");
const SAID = JSON.parse(FILM.dataset.said), BASE = FILM.dataset.base, LONGEST = Number(FILM.dataset.longest);
const HINT = FILM.querySelector(".hint"), VIDEO = FILM.querySelector("video");
const SIZES = [[LONGEST, 0.8], [960, 0.75], [720, 0.7]];
const PAUSE_MS = 120, SLOW_MS = 900, QUICK_MS = 300, ANSWER_WITHIN_MS = 10000;
const ERRORS = {
  NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing",
  OverconstrainedError: "missing", NotReadableError: "busy", AbortError: "busy",
};

const state = { numbers: [], level: 0, hinted: 0, done: false, stream: null };
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// A hint stands long enough to be read.
function say(text) {
  const now = performance.now();
  if (HINT.textContent === text || now - state.hinted < 500) return;
  state.hinted = now;
  HINT.textContent = text;
}

function drop() {
  state.stream?.getTracks().forEach((track) => track.stop());
  state.stream = null;
}

async function open() {
  const [width, height] = [LONGEST, Math.round(LONGEST * 9 / 16)];
  const wish = { facingMode: "user", width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 24, max: 30 } };
  state.stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: wish });
  const [track] = state.stream.getVideoTracks();
  track.onended = drop;
  VIDEO.classList.toggle("mirrored", track.getSettings().facingMode !== "environment");
  VIDEO.srcObject = state.stream;
  await VIDEO.play();
}

// Why there is no picture is said until there is one: allowing the camera needs no reload.
async function camera() {
  if (!window.isSecureContext || !navigator.mediaDevices) { say(SAID.insecure); return false; }
  if (state.stream) return VIDEO.videoWidth > 0;
  try {
    await open();
    return VIDEO.videoWidth > 0;
  } catch (error) {
    drop();
    say(SAID[ERRORS[error.name] ?? "busy"]);
    await wait(2000);
    return false;
  }
}

function picture() {
  const [side, quality] = SIZES[state.level];
  const scale = Math.min(1, side / Math.max(VIDEO.videoWidth, VIDEO.videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(VIDEO.videoWidth * scale);
  canvas.height = Math.round(VIDEO.videoHeight * scale);
  canvas.getContext("2d").drawImage(VIDEO, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}

async function post(path, headers, body) {
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const answer = await fetch(BASE + path, { method: "POST", headers, body, signal });
  // The link is over, or this registration is: the page itself says which.
  if (answer.redirected || [403, 404, 410].includes(answer.status)) { drop(); location.reload(); return null; }
  if (answer.status === 428) state.numbers = [];
  return answer.ok ? answer.json() : null;
}

async function send() {
  if (!state.numbers.length) {
    const begun = await post("/start", {});
    if (begun) state.numbers = begun.numbers;
    return;
  }
  const body = await picture(), number = state.numbers.shift(), began = performance.now();
  const told = await post("/picture", { "Content-Type": "image/jpeg", "X-Kiosk-Number": number }, body);
  if (!told) { await wait(300); return; }
  state.numbers.push(told.number);
  const took = performance.now() - began - 1000 * told.took;
  if (took > SLOW_MS) state.level = Math.min(SIZES.length - 1, state.level + 1);
  if (took < QUICK_MS) state.level = Math.max(0, state.level - 1);
  show(told.guide);
}

function show(guide) {
  for (const step of FILM.querySelectorAll("[data-view]")) {
    step.classList.toggle("taken", guide.taken.includes(step.dataset.view));
    step.classList.toggle("now", step.dataset.view === guide.wanted);
  }
  state.done = guide.done;
  if (!guide.done) { say(guide.hint); return; }
  drop();
  FILM.hidden = true;
  READY.hidden = false;
  READY.querySelector("button").focus();
}

async function run() {
  while (!state.done) {
    try {
      if (document.hidden) say(SAID.hidden);
      else if (await camera()) await send();
    } catch {
      say(SAID.server);
      await wait(1000);
    }
    await wait(PAUSE_MS);
  }
}

for (const form of READY.querySelectorAll("form")) {
  form.addEventListener("submit", () => setTimeout(() => READY.querySelectorAll("button").forEach((one) => { one.disabled = true; })));
}
run();
