// The camera over plain HTTP: shows its own picture at once, posts JPEGs of it one after another,
// and draws what comes back over it. Names are only ever drawn as text.
//
// The function at the end is called again with every redraw of the page; one HttpCamera a mounted
// element lives on in between.

const REMEMBERED = "face_rec.kiosk.camera";
const TICK_MS = 25;
const LEAST_SPACING_S = 0.07;
const ANSWER_WITHIN_MS = 10000;
const LONGEST_PAUSE_S = 5, LONGEST_AWAY_S = 1;
const STILL_PATIENCE_S = 8;
const SHOWN_FOR_S = 2;
// From a good connection to a bad one: pixels of the longer side, and JPEG quality.
const LEVELS = [[640, 0.8], [512, 0.7], [400, 0.6], [320, 0.5]];
const SLOW_S = 0.3, QUICK_S = 0.1, CALM_S = 10, WORTH_TWO_S = 0.06;
const COLOURS = { marked: "#16a35e", already: "#d97706" };
const GREY = "#848c94";
const CAPTIONS = { unknown: "Unknown", poor: "Come closer, face the camera" };
const GREETINGS = {
  marked: "Marked at", already: "Already marked at", saved_here: "Saved here at",
  repeated: "Marked at", dry_run: "Recognised, not marked, at",
};

const seconds = () => performance.now() / 1000;

// How good the connection is, learnt from the answers: the server's own time is not its fault.
class Line {
  constructor() { this.level = 0; this.network = null; this.judged = seconds(); }

  learn(network) {
    this.network = this.network === null ? network : 0.8 * this.network + 0.2 * network;
    const since = seconds() - this.judged;
    if (this.network > SLOW_S && since > 2) this.turn(1);
    if (this.network < QUICK_S && since > CALM_S) this.turn(-1);
  }

  turn(by) {
    this.level = Math.max(0, Math.min(LEVELS.length - 1, this.level + by));
    this.judged = seconds();
  }

  // A second picture on the way pays where the way is long.
  get most() { return this.network > WORTH_TWO_S ? 2 : 1; }
}

class HttpCamera {
  constructor(root) {
    this.root = root.querySelector(".fr-http");
    this.box = root.querySelector(".fr-camera");
    this.stage = root.querySelector(".fr-stage");
    this.video = root.querySelector("video");
    this.canvas = root.querySelector("canvas");
    this.chooser = root.querySelector("select");
    this.film = document.createElement("canvas");
    this.screen = [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16)).join("-");
    this.line = new Line();
    this.numbers = [];
    this.flying = 0; this.sent = 0; this.next = 0; this.failures = 0; this.trouble = "";
    this.openAt = 0; this.openPause = 0; this.problem = "connecting"; this.asked = seconds();
    this.since = seconds(); this.moved = seconds(); this.position = -1;
    this.chosen = this.recall();
    this.again = () => { this.chosen = this.stream ? this.chosen : this.recall(); this.openAt = 0; this.openPause = 0; this.list(); };
    this.chooser.onchange = () => this.choose(this.chooser.value);
    navigator.mediaDevices?.addEventListener?.("devicechange", this.again);
    this.watchPermission();
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  receive(data) { Object.assign(this, { url: data.url, room: data.room ?? 0.68, below: data.below ?? 0 }); }

  tick() {
    const state = this.state();
    this.say(state);
    this.layout();
    if (this.shown && seconds() - this.shown.at > SHOWN_FOR_S) { this.shown = null; this.draw(); }
    if (!this.stream) return void (this.usable() && seconds() >= this.openAt && this.open());
    this.follow();
    const due = Math.max(this.next, this.sent + LEAST_SPACING_S);
    const fresh = this.video.currentTime !== this.pictured;
    if (this.live() && fresh && this.flying < this.line.most && !this.starting && seconds() >= due) this.send();
  }

  // --- the camera

  usable() { return window.isSecureContext && navigator.mediaDevices; }

  live() { return this.stream && this.video.videoWidth > 0 && this.trouble !== "replaced"; }

  async open() {
    if (this.opening) return;
    this.opening = true;
    this.asked = seconds();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: this.wish() });
      if (this.ended) return void stream.getTracks().forEach((track) => track.stop());
      this.show(stream);
    } catch (error) {
      if (error.name === "OverconstrainedError" && this.chosen.device) {
        this.chosen = { facing: this.chosen.facing };  // it is not there now: another that looks the same way
        return;
      }
      this.problem = ERRORS[error.name] ?? "busy";
      this.openPause = Math.min(15, (this.openPause || 1) * 2);
      this.openAt = seconds() + this.openPause;
    } finally {
      this.opening = false;
    }
  }

  wish() {
    const size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24, max: 30 } };
    const { device, facing } = this.chosen;
    return { ...size, ...(device ? { deviceId: { exact: device } } : { facingMode: { ideal: facing || "user" } }) };
  }

  show(stream) {
    const [track] = stream.getVideoTracks();
    this.stream = stream;
    this.facing = track.getSettings().facingMode ?? "";
    track.onended = () => this.drop();  // unplugged, or taken away by the system
    this.video.classList.toggle("fr-mirrored", this.facing !== "environment");
    this.video.srcObject = stream;
    this.video.play().catch(() => {});
    Object.assign(this, { problem: "", openPause: 0, moved: seconds() });
    this.list();
  }

  drop() {
    this.stream?.getTracks().forEach((track) => { track.onended = null; track.stop(); });
    this.stream = null;
    this.video.srcObject = null;
    this.problem = "connecting";
    this.asked = seconds();
    this.openAt = seconds() + 0.5;
  }

  // A camera can fall silent and still call itself live.
  follow() {
    if (this.video.currentTime !== this.position || document.hidden) {
      this.position = this.video.currentTime;
      this.moved = seconds();
    }
    if (this.video.paused) this.video.play().catch(() => {});
    if (seconds() - this.moved > STILL_PATIENCE_S) this.drop();
  }

  async watchPermission() {
    try {
      const status = await navigator.permissions.query({ name: "camera" });
      status.onchange = this.again;
    } catch { /* Firefox before 131 and old Safari cannot tell */ }
  }

  // --- which camera: remembered on this device

  recall() {
    try { return JSON.parse(localStorage.getItem(REMEMBERED)) ?? {}; } catch { return {}; }
  }

  choose(device) {
    this.chosen = { device };
    this.drop();
    this.openAt = 0;
    this.remember = true;
  }

  async list() {
    const devices = (await navigator.mediaDevices?.enumerateDevices?.() ?? []).filter((d) => d.kind === "videoinput");
    const current = this.stream?.getVideoTracks()[0]?.getSettings().deviceId;
    this.chooser.replaceChildren(...devices.map((device, index) => {
      const option = document.createElement("option");
      option.value = device.deviceId;
      option.textContent = device.label || `Camera ${index + 1}`;
      option.selected = device.deviceId === current;
      return option;
    }));
    this.chooser.hidden = devices.length < 2;
    if (this.remember && current) {
      this.remember = false;
      this.chosen = { device: current, facing: this.facing };
      localStorage.setItem(REMEMBERED, JSON.stringify(this.chosen));
    }
  }

  // --- pictures out, results in

  async send() {
    if (!this.numbers.length) return void this.begin();
    const taken = seconds(), number = this.numbers.shift();
    this.flying += 1;
    this.sent = taken;
    this.pictured = this.video.currentTime;
    try {
      const body = await this.picture();
      const headers = { "Content-Type": "image/jpeg", "X-Kiosk-Screen": this.screen, "X-Kiosk-Number": number };
      const out = seconds();
      const answer = await fetch(this.url, { method: "POST", body, headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      if (answer.redirected) return void this.fail("refused");  // to a login, for instance
      const told = await answer.json();
      if (answer.ok) this.numbers.push(told.number);
      if (answer.ok) this.take(told, taken, seconds() - out);
      else this.refused(answer.status);
    } catch {
      this.fail("server");
    } finally {
      this.flying -= 1;
    }
  }

  // The first numbers: each picture spends one, and its answer brings the next. What was lost on
  // the way, or forgotten by a server that started again, begins a new series.
  async begin() {
    if (this.flying) return;
    this.starting = true;
    try {
      const headers = { "X-Kiosk-Screen": this.screen };
      const answer = await fetch(this.url.replace("?", "/start?"), { method: "POST", headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      if (answer.ok && !answer.redirected) this.numbers = (await answer.json()).numbers;
      else this.refused(answer.redirected ? 401 : answer.status);
    } catch {
      this.fail("server");
    } finally {
      this.starting = false;
    }
  }

  picture() {
    const [side, quality] = LEVELS[this.line.level];
    const scale = Math.min(1, side / Math.max(this.video.videoWidth, this.video.videoHeight));
    this.film.width = Math.round(this.video.videoWidth * scale);
    this.film.height = Math.round(this.video.videoHeight * scale);
    this.film.getContext("2d").drawImage(this.video, 0, 0, this.film.width, this.film.height);
    return new Promise((resolve) => { this.film.toBlob(resolve, "image/jpeg", quality); });
  }

  take(told, taken, round) {
    this.line.learn(Math.max(0, round - told.took));
    Object.assign(this, { failures: 0, trouble: "" });
    if (this.shown && taken < this.shown.taken) return;  // a later picture was answered first
    this.shown = { ...told, taken, at: seconds() };
    this.draw();
  }

  refused(status) {
    if (status === 413) this.line.turn(1);
    if (status === 429) { this.next = seconds() + 0.3; return; }
    if (status === 401) window.dispatchEvent(new Event("face-rec-lapsed"));  // the watch proves the device
    if (status === 428) { this.numbers = []; return; }
    this.fail({ 401: "server", 404: "unknown", 409: "replaced", 408: "server", 413: "", 502: "server", 503: "server", 504: "server" }[status] ?? "refused");
  }

  fail(trouble) {
    if (!this.failures) this.since = seconds();
    this.failures += 1;
    if (this.failures > 1 || trouble !== "server") this.trouble = trouble;
    // A server that starts again is asked every second: one small request, until it answers.
    const longest = trouble === "server" ? LONGEST_AWAY_S : LONGEST_PAUSE_S;
    this.next = seconds() + Math.min(longest, 0.25 * 2 ** this.failures);
  }

  // --- what is shown

  state() {
    if (!this.usable()) return "insecure";
    if (this.opening && this.problem === "connecting" && seconds() - this.asked > 2) return "prompt";
    if (this.problem) return this.problem;
    if (!this.video.videoWidth) return "connecting";
    return seconds() - this.moved > 2 ? "stalled" : this.trouble;
  }

  say(state) {
    const silent = state === "server" ? Math.floor(seconds() - this.since) : 0;
    const text = `${state} ${silent}`;
    if (text === this.said) return;
    this.said = text;
    this.box.dataset.state = state || "ok";
    const [title, advice] = WORDS[state] ?? ["", ""];
    this.box.querySelector("b").textContent = silent > 1 ? `${title} for ${silent} s` : title;
    this.box.querySelector("span").textContent = advice;
    this.root.toggleAttribute("data-picture", Boolean(this.live() || this.trouble === "replaced"));
  }

  // Pixels for the picture: a part of the window, and so much that its tools stay in view below.
  space() {
    if (document.fullscreenElement) return window.innerHeight * 0.75;
    const scrolled = document.querySelector('[data-testid="stMain"]')?.scrollTop ?? 0;
    const left = window.innerHeight - this.root.getBoundingClientRect().top - scrolled - this.below;
    return Math.min(window.innerHeight * this.room, left);
  }

  layout() {
    const { videoWidth: across, videoHeight: down } = this.video;
    if (!across) return;
    const width = Math.round(Math.min(this.root.clientWidth, Math.max(220, this.space()) * across / down));
    if (this.width === width && this.shape === across / down) return;
    Object.assign(this, { width, shape: across / down });
    Object.assign(this.stage.style, { width: `${width}px`, height: `${Math.round(width * down / across)}px` });
    this.draw();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const fine = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: width * fine, height: height * fine });  // clears it, too
    const { faces = [], greetings = [] } = this.shown ?? {};
    this.canvas.setAttribute("aria-label", faces.map((face) => this.caption(face)).filter(Boolean).join(", "));
    const pen = this.canvas.getContext("2d");
    pen.scale(fine, fine);
    pen.textBaseline = "middle";
    for (const face of faces) this.face(pen, face, width / this.shown.width, height / this.shown.height);
    greetings.slice(-3).reverse().forEach((greeting, row) => this.greet(pen, greeting, row));
  }

  caption(face) { return face.name || CAPTIONS[face.mood] || ""; }

  face(pen, face, across, down) {
    const width = this.canvas.clientWidth, size = Math.max(14, Math.round(this.canvas.clientHeight / 24));
    let [left, top, right, bottom] = face.box.map((side, index) => side * (index % 2 ? down : across));
    if (this.facing !== "environment") [left, right] = [width - right, width - left];
    pen.strokeStyle = pen.fillStyle = COLOURS[face.mood] ?? GREY;
    pen.lineWidth = Math.max(2, size / 9);
    pen.strokeRect(left, top, right - left, bottom - top);
    const words = this.caption(face);
    if (words) this.plate(pen, words, left - pen.lineWidth / 2, top - size * 1.6, size, width);
  }

  plate(pen, words, left, top, size, room) {
    pen.font = `600 ${size}px ${getComputedStyle(this.root).fontFamily}`;
    const pad = size / 2;
    const width = Math.min(pen.measureText(words).width + 2 * pad, room);
    const [x, y] = [Math.max(0, Math.min(left, room - width)), Math.max(0, top)];
    pen.fillRect(x, y, width, size * 1.6);
    pen.fillStyle = "#fff";
    pen.fillText(words, x + pad, y + size * 0.85, width - 2 * pad);
  }

  greet(pen, greeting, row) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const size = Math.max(15, Math.round(height / 20));
    const words = `${greeting.name} · ${GREETINGS[greeting.outcome] ?? ""} ${greeting.time}`;
    pen.fillStyle = greeting.outcome === "already" ? COLOURS.already : COLOURS.marked;
    this.plate(pen, words, size / 2, height - (row + 1) * size * 1.9, size, width - size / 2);
  }

  end() {
    this.ended = true;
    clearInterval(this.timer);
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.again);
    this.drop();
  }
}

export default function (component) {
  const { parentElement, data } = component;
  parentElement.camera ??= new HttpCamera(parentElement);
  parentElement.camera.receive(data);
  return () => { parentElement.camera?.end(); parentElement.camera = undefined; };
}
