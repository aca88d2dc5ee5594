// Opens the kiosk's camera while Streamlit's own code is still on its way, and shows its picture where
// the kiosk's screen will stand. That screen takes the camera over as it is; where the page turns out
// to be another (no model yet, no such kiosk), camera and picture are given up again.

const LOOK_MS = 100, LONGEST_MS = 20000;
const SETTLED_MS = 1500;

const COVER = `
  <style>
    [data-testid="first-picture"] { position: fixed; inset: 0; z-index: 999990; display: grid; padding: 1.2rem 2rem 0.9rem;
      box-sizing: border-box; grid-template: minmax(0, 1fr) / minmax(0, 1.35fr) minmax(22rem, 1fr); gap: 1rem; background: #fff; }
    [data-testid="first-picture"]:not([data-plays]) { opacity: 0; pointer-events: none; }
    html[data-theme="dark"] [data-testid="first-picture"] { background: #101817; }
    [data-testid="first-picture"] video { width: 100%; height: 100%; object-fit: cover; border-radius: 20px; background: #0c1514; }
    [data-testid="first-picture"] video.mirrored { transform: scaleX(-1); }
    @media (max-aspect-ratio: 1/1) {
      [data-testid="first-picture"] { padding: 1.2rem 0.7rem 0.5rem; grid-template: minmax(0, 1fr) minmax(0, 1fr) / minmax(0, 1fr); }
    }
  </style>
  <video muted playsinline></video>`;

class FirstPicture {
  constructor() {
    this.asked = cameraWish(recalledCamera());
    this.stream = navigator.mediaDevices.getUserMedia(this.asked);
    this.stream.then((stream) => this.show(stream)).catch(() => this.leave());  // the kiosk's screen hears why
    this.began = this.known = performance.now();
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  show(stream) {
    if (this.over) return;
    this.cover = document.createElement("div");
    this.cover.dataset.testid = "first-picture";
    this.cover.setAttribute("aria-hidden", "true");  // nothing to read; what comes says itself
    this.cover.innerHTML = COVER;
    const video = this.cover.querySelector("video");
    video.classList.toggle("mirrored", stream.getVideoTracks()[0].getSettings().facingMode !== "environment");
    video.onplaying = () => this.cover.toggleAttribute("data-plays", true);
    video.srcObject = stream;
    document.documentElement.append(this.cover);
    video.play().catch(() => {});
  }

  // The camera for who asks for the same one, once. It is theirs from then on.
  take(asked) {
    if (this.taken || this.over) return null;
    if (JSON.stringify(asked) !== JSON.stringify(this.asked)) return void this.giveUp();
    this.taken = true;
    return this.stream;
  }

  // ``video`` shows the same from now on; or says why it does not.
  hand(video) {
    if (this.over) return;
    video.requestVideoFrameCallback?.(() => this.leave());
    setTimeout(() => this.leave(), SETTLED_MS);
  }

  // A kiosk's page has the kiosk's place at once; its screen comes when its code does.
  look() {
    const page = document.querySelector('[data-testid="stApp"]');
    const drawn = page?.dataset.testScriptState === "notRunning" && page.querySelector('[data-testid="stElementContainer"]');
    const now = performance.now();
    if (!drawn || page.querySelector(".st-key-kiosk")) this.known = now;
    if (now - this.known > SETTLED_MS || now - this.began > LONGEST_MS) this.giveUp();
  }

  giveUp() {
    if (!this.taken && !this.over) this.stream.then((stream) => stream.getTracks().forEach((track) => track.stop())).catch(() => {});
    this.leave();
  }

  leave() {
    this.over = true;
    clearInterval(this.timer);
    this.cover?.remove();
  }
}

const byPhoto = new URLSearchParams(location.search).get("camera") === "photo";
if (navigator.mediaDevices && !document.hidden && !byPhoto) window.faceRecFirst = new FirstPicture();
