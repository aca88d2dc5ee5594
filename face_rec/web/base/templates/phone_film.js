// A phone's own camera: stills sent one after another over HTTP, and what the answers say is to be
// done next. Without Streamlit and without a socket: it works over a slow mobile line, and behind
// every proxy. The page that uses it says in `shown` what an answer means, and whether it goes on.

const SIZES = [[1, 0.8], [0.75, 0.75], [0.5625, 0.7]];  // of the longest side, and a JPEG's quality
const PAUSE_MS = 120, SLOW_MS = 900, QUICK_MS = 300, ANSWER_WITHIN_MS = 10000;
const ERRORS = {
  NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing",
  OverconstrainedError: "missing", NotReadableError: "busy", AbortError: "busy",
};
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class PhoneFilm {
  constructor(root, shown, headers = {}) {
    Object.assign(this, { root, shown, headers, numbers: [], level: 0, hinted: 0, on: false, stream: null });
    this.said = JSON.parse(root.dataset.said);
    this.base = root.dataset.base;
    this.longest = Number(root.dataset.longest);
    this.hint = root.querySelector(".hint");
    this.video = root.querySelector("video");
  }

  over() { location.reload(); }

  // A hint stands long enough to be read.
  say(text) {
    const now = performance.now();
    if (this.hint.textContent === text || now - this.hinted < 500) return;
    this.hinted = now;
    this.hint.textContent = text;
  }

  drop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }

  async open() {
    const [width, height] = [this.longest, Math.round(this.longest * 9 / 16)];
    const wish = { facingMode: "user", width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 24, max: 30 } };
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: wish });
    const [track] = this.stream.getVideoTracks();
    track.onended = () => this.drop();
    this.video.classList.toggle("mirrored", track.getSettings().facingMode !== "environment");
    this.video.srcObject = this.stream;
    await this.video.play();
  }

  // Why there is no picture is said until there is one: allowing the camera needs no reload.
  async camera() {
    if (!window.isSecureContext || !navigator.mediaDevices) { this.say(this.said.insecure); return false; }
    if (this.stream) return this.video.videoWidth > 0;
    try {
      await this.open();
      return this.video.videoWidth > 0;
    } catch (error) {
      this.drop();
      this.say(this.said[ERRORS[error.name] ?? "busy"]);
      await wait(2000);
      return false;
    }
  }

  picture() {
    const [part, quality] = SIZES[this.level], side = part * this.longest;
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, side / Math.max(videoWidth, videoHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(videoWidth * scale);
    canvas.height = Math.round(videoHeight * scale);
    canvas.getContext("2d").drawImage(this.video, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
  }

  async post(path, headers, body) {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await fetch(this.base + path, { method: "POST", headers: { ...this.headers, ...headers }, body, signal });
    // It is over, for whatever reason: the page itself says which.
    if (answer.redirected || [401, 403, 404, 410].includes(answer.status)) { this.stop(); this.over(); return null; }
    if (answer.status === 428) this.numbers = [];
    return answer.ok ? answer.json() : null;
  }

  async send() {
    if (!this.numbers.length) {
      const begun = await this.post("/start", {});
      if (begun) this.numbers = begun.numbers;
      return;
    }
    const body = await this.picture(), number = this.numbers.shift(), began = performance.now();
    const told = await this.post("/picture", { "Content-Type": "image/jpeg", "X-Kiosk-Number": number }, body);
    if (!told) { await wait(300); return; }
    this.numbers.push(told.number);
    const took = performance.now() - began - 1000 * told.took;
    if (took > SLOW_MS) this.level = Math.min(SIZES.length - 1, this.level + 1);
    if (took < QUICK_MS) this.level = Math.max(0, this.level - 1);
    this.show(told);
  }

  show(told) {
    for (const step of this.root.querySelectorAll("[data-view]")) {
      step.classList.toggle("taken", told.guide.taken.includes(step.dataset.view));
      step.classList.toggle("now", step.dataset.view === told.guide.wanted);
    }
    if (this.shown(told)) { this.say(told.guide.hint); return; }
    this.stop();
    this.root.hidden = true;
  }

  stop() {
    this.on = false;
    this.drop();
  }

  async run() {
    this.on = true;
    this.root.hidden = false;
    while (this.on) {
      try {
        if (document.hidden) this.say(this.said.hidden);
        else if (await this.camera()) await this.send();
      } catch {
        this.say(this.said.server);
        await wait(1000);
      }
      await wait(PAUSE_MS);
    }
  }
}
