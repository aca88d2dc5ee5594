// Keeps the WebRTC camera of the page running, and says in words why when it cannot.
//
// streamlit-webrtc draws in an iframe of the same origin. Its own "desired_playing_state" opens a
// new connection at every redraw while it loads, so it is left alone and its button is pressed
// here, at most once a second while that makes sense. The function below is called again with every
// redraw of the page; one Keeper a mounted element lives on in between.

const TICK_MS = 500;
const QUICK_TICK_MS = 100;  // until a picture is there: each step of the way back waits for a tick
const SIGNALLING_PATIENCE_S = 15;
const STALL_PATIENCE_S = 8;
const SERVER_PATIENCE_S = 6;
const PROBE_AFTER_S = 2;
const LEAST_BETWEEN_RELOADS_MS = 8000;
const LONGEST_PAUSE_S = 15;
const CHOOSING_PX = 230;
const IFRAME = 'iframe[src*="streamlit_webrtc"]';

const INNER_STYLE = `
  body { margin: 0; overflow: hidden; background: transparent; }
  .MuiAlert-root { display: none; }
  button { text-transform: none !important; }
  video { object-fit: contain; border-radius: 14px; background: #0c1514; display: block; }
  button[data-camera-part="start"], button[data-camera-part="stop"],
  button[aria-label^="Turn camera"] { display: none; }
  body:not([data-cameras="many"]) button[data-camera-part="choose"] { display: none; }
`;

class Keeper {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector(".fr-camera");
    this.labels = { start: "", stop: "", choose: "" };
    this.pause = 0; this.wait = 0; this.failures = 0;
    this.since = this.now(); this.phase = ""; this.advanced = this.now(); this.shown = -1;
    this.permission = "prompt"; this.cameras = -1;
    this.retry = () => { this.wait = 0; this.pause = 0; this.look(); };
    navigator.mediaDevices?.addEventListener?.("devicechange", this.retry);
    this.look();
    this.next();
  }

  now() { return performance.now() / 1000; }

  next() {
    if (this.ended) return;
    const calm = this.box.dataset.state === "ok" && !this.lost;
    this.timer = setTimeout(() => { try { this.tick(); } finally { this.next(); } }, calm ? TICK_MS : QUICK_TICK_MS);
  }

  // The server's own view: how old its newest frame is, in a message that must keep coming.
  receive(data, setStateValue) {
    Object.assign(this, { labels: data.labels, room: data.room ?? 0.68, below: data.below ?? 0, report: setStateValue });
    this.heard = this.now();
    this.lost = false;
    this.serverAge = data.age;
  }

  async look() {
    try {
      const status = await navigator.permissions.query({ name: "camera" });
      this.permission = status.state;
      status.onchange = () => { this.permission = status.state; this.retry(); };
    } catch { /* Firefox before 131 and old Safari cannot tell */ }
    try {
      const devices = await navigator.mediaDevices.enumerateDevices();
      this.cameras = devices.filter((device) => device.kind === "videoinput").length;
    } catch { /* said by "insecure" */ }
  }

  tick() {
    if (this.heard && this.now() - this.heard > PROBE_AFTER_S) this.probe();
    const frame = document.querySelector(IFRAME);
    const page = frame?.contentDocument;
    if (!page?.body) return this.say("connecting");
    this.dress(page);
    const phase = this.read(page);
    if (phase !== this.phase) { this.phase = phase; this.since = this.now(); this.advanced = this.now(); }
    this.size(frame, page);
    this.say(this.act(page, phase));
  }

  // Streamlit waits up to 15 s before it tries a lost server again. A server that was away and
  // answers has forgotten this page, so that a new one loses nothing and is there sooner.
  async probe() {
    if (this.probing) return;
    this.probing = true;
    try {
      const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(2000) });
      if (!answer.ok) this.lost = true;  // a proxy in front answers for a server that is away
      else if (this.lost) this.reload();
    } catch {
      this.lost = true;
    } finally {
      this.probing = false;
    }
  }

  reload() {
    this.lost = false;
    const last = Number(sessionStorage.getItem("face_rec.reloaded") ?? 0);
    if (Date.now() - last < LEAST_BETWEEN_RELOADS_MS) return;
    sessionStorage.setItem("face_rec.reloaded", String(Date.now()));
    window.location.reload();
  }

  // What the iframe is doing: choosing, idle, signalling or playing.
  read(page) {
    if (page.querySelector("#device-select-video-input")) return "choosing";
    if (!page.querySelector('[data-camera-part="stop"]')) return "idle";
    return page.querySelector("video") ? "playing" : "signalling";
  }

  act(page, phase) {
    if (!window.isSecureContext || !navigator.mediaDevices) return "insecure";
    if (this.heard && this.now() - this.heard > SERVER_PATIENCE_S) return "server";
    if (phase === "choosing") return "";
    if (phase === "idle") return this.start(page);
    if (phase === "signalling") return this.signal(page);
    return this.watch(page);
  }

  start(page) {
    const words = page.querySelector(".MuiAlert-message")?.textContent ?? "";
    const problem = this.permission === "denied" ? "denied"
      : ERRORS[Object.keys(ERRORS).find((name) => words.includes(name))];
    const button = page.querySelector('[data-camera-part="start"]');
    if (this.permission !== "denied" && button && !button.disabled && this.now() >= this.wait) {
      this.pause = Math.min(LONGEST_PAUSE_S, problem ? (this.pause || 1) * 2 : 1);
      this.wait = this.now() + this.pause;
      button.click();
    }
    return problem ?? this.starting();
  }

  signal(page) {
    if (this.now() - this.since > SIGNALLING_PATIENCE_S && this.permission === "granted") {
      this.stop(page);
      this.failures += 1;
    }
    return this.starting();
  }

  starting() {
    if (this.permission === "prompt" && this.now() - this.since > 1) return "prompt";
    return this.failures ? "unreachable" : "connecting";
  }

  // Frames must arrive here and at the server; either can fail while all says "playing".
  watch(page) {
    const video = page.querySelector("video");
    const frames = video.getVideoPlaybackQuality?.().totalVideoFrames ?? video.currentTime;
    if (frames !== this.shown) { this.shown = frames; this.advanced = this.now(); }
    if (video.paused) video.play().catch(() => {});
    const still = this.now() - this.advanced;
    const deaf = this.now() - this.since > STALL_PATIENCE_S ? this.serverAge ?? 0 : 0;
    if (Math.max(still, deaf) > STALL_PATIENCE_S) { this.stop(page); return "stalled"; }
    if (still < 3 && frames) { this.failures = 0; this.pause = 0; return ""; }
    return this.now() - this.since < 4 ? "connecting" : "stalled";
  }

  stop(page) {
    page.querySelector('[data-camera-part="stop"]')?.click();
    this.wait = this.now() + 1;
  }

  // A plain look for the iframe's inside; its own words are said by us.
  dress(page) {
    if (!page.getElementById("fr-style")) {
      const style = page.createElement("style");
      style.id = "fr-style";
      style.textContent = INNER_STYLE;
      page.head.append(style);
    }
    for (const button of page.querySelectorAll("button")) {
      const part = Object.keys(this.labels).find((name) => this.labels[name] === button.textContent);
      if (part) button.dataset.cameraPart = part;
    }
    page.body.dataset.cameras = this.cameras > 1 ? "many" : "one";
  }

  // As large as there is room for; nothing before the first picture. A picture that stands still
  // stays: browsers pause a muted video that cannot be seen, and it would never come back.
  size(frame, page) {
    const video = page.querySelector("video");
    const shape = video?.videoWidth ? video.videoHeight / video.videoWidth : 3 / 4;
    const picture = Math.round(Math.min(frame.clientWidth * shape, Math.max(220, this.space(frame))));
    const height = this.phase === "choosing" ? CHOOSING_PX
      : video?.videoWidth ? picture + 14 + (this.cameras > 1 ? 44 : 0) : 0;
    if (video && this.phase !== "choosing") video.style.height = `${picture}px`;
    frame.style.height = `${height}px`;
    frame.style.visibility = height ? "visible" : "hidden";
    this.box.dataset.picture = height ? "yes" : "no";
  }

  // Pixels for the picture: a part of the window, and so much that its tools stay in view below.
  space(frame) {
    if (document.fullscreenElement) return window.innerHeight * 0.72;
    const scrolled = document.querySelector('[data-testid="stMain"]')?.scrollTop ?? 0;
    const left = window.innerHeight - frame.getBoundingClientRect().top - scrolled - this.below;
    return Math.min(window.innerHeight * this.room, left);
  }

  say(state) {
    const seconds = Math.floor(this.now() - Math.max(this.advanced, 0));
    this.box.dataset.state = state || "ok";
    this.box.hidden = !state;
    if (state) {
      const [title, text] = WORDS[state];
      const silent = ["server", "stalled", "unreachable"].includes(state) && seconds > 1;
      this.box.querySelector("b").textContent = silent ? `${title} for ${seconds} s` : title;
      this.box.querySelector("span").textContent = text;
    }
    const told = state || "ok";
    if (told !== this.told && this.report && state !== "server") { this.told = told; this.report("state", told); }
  }

  end() {
    this.ended = true;
    clearTimeout(this.timer);
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.retry);
  }
}

export default function (component) {
  const { parentElement, data, setStateValue } = component;
  parentElement.keeper ??= new Keeper(parentElement);
  parentElement.keeper.receive(data, setStateValue);
  return () => { parentElement.keeper?.end(); parentElement.keeper = undefined; };
}
