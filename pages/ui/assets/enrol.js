// Register's guided capture: the browser's own camera, its pictures sent over HTTP, and a line back
// that says what to do next, what is seen and which photos were taken. Streamlit draws it once, and
// is asked for one run of the page when all views are taken.

const TICK_MS = 200;
const SPACING_S = 0.07, EMPTY_SPACING_S = 0.5;  // seconds between two pictures
const SAID_AFTER_S = 1.5;  // of silence
const HINT_FOR_S = 0.5;  // a hint stands long enough to be read
const ASK_AGAIN_S = 3;

const SAID = {
  ...WORDS,
  unknown: ["This registration has ended", "Reload the page to go on. What was typed and taken is still there."],
  refused: ["You may not register people any more", "Reload the page, or ask an administrator."],
  busy: ["The camera cannot be read", "Another program may be using it. Close that program, choose another camera, or take “Photo” or “Upload” above."],
};

function made(kind, className, text = "") {
  const element = document.createElement(kind);
  element.className = className;
  element.textContent = text;
  return element;
}

class GuidedCapture {
  constructor(root, data) {
    this.root = root.querySelector(".fr-enrol");
    const find = (name) => this.root.querySelector(name);
    this.stage = find(".fr-stage"); this.video = find("video"); this.card = find(".fr-camera");
    this.hint = find(".fr-guide b"); this.steps = find(".fr-steps"); this.accepted = find(".fr-accepted");
    Object.assign(this, { data, sent: 0, hinted: 0, asked: 0, drawn: {} });
    this.camera = new Camera(this.video, find("select"));
    this.presence = new Presence();
    this.overlay = new Overlay(find("canvas"), this.video);
    this.seen = new ResizeObserver(() => this.overlay.draw());
    this.seen.observe(this.stage);
    this.hidden = () => this.tick();
    document.addEventListener("visibilitychange", this.hidden);
    this.connect();
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.follow();
    this.tick();
  }

  // Taken up in another sign-in a capture has another name; the camera goes on.
  receive(data, report) {
    this.report = report;
    const same = data.capture === this.data.capture;
    this.data = data;
    if (!same) { this.line.end(); this.connect(); }
  }

  connect() {
    const query = new URLSearchParams({ capture: this.data.capture });
    this.http = new HttpSender(`/capture?${query}`, "register");
    this.line = new LiveLine(`/capture/live?${query}`, `/capture/start?${query}`, "register", (parts, back) => this.told(parts, back));
    this.line.connect();
  }

  told(parts, back) {
    if (back) this.http.wake();
    if ("scene" in parts) this.overlay.show(parts.scene, this.camera.mirrored);
    this.show();
  }

  // --- pictures out

  get done() { return Boolean(this.line.parts.guide?.done); }
  get sending() { return !document.hidden && !this.done && this.line.open && this.camera.live; }

  get spacing() {
    const someone = this.presence.moving || this.line.parts.scene?.faces?.length;
    return someone ? SPACING_S : EMPTY_SPACING_S;
  }

  // At each picture of the camera, as soon as it is there.
  follow() {
    const next = () => { if (!this.ended) { this.frame(); this.follow(); } };
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(next);
    else setTimeout(next, 40);
  }

  frame() {
    if (!this.camera.live || document.hidden) return;
    this.presence.look(this.video);
    if (!this.sending || !this.http.ready || seconds() - this.sent < this.spacing - 0.01) return;
    this.sent = seconds();
    this.http.send(this.video);
  }

  // --- how it is

  tick() {
    this.camera.tick();
    this.line.tick();
    if (this.sending) this.http.prepare();
    if (this.done) this.finish();
    this.show();
  }

  // The page draws what was taken; a press that it was busy with may have cost it the first asking.
  finish() {
    if (seconds() - this.asked < ASK_AGAIN_S) return;
    this.asked = seconds();
    this.report("done", true);
  }

  get state() {
    if (!this.camera.usable) return "insecure";
    if (this.line.refusal) return this.line.refusal;
    if (this.line.silent > SAID_AFTER_S) return "server";
    if (document.hidden) return "hidden";
    return this.camera.state || (this.line.open ? this.http.trouble : "connecting");
  }

  show() {
    const { state, line } = this;
    const { guide, photos } = line.parts;
    this.root.toggleAttribute("data-picture", this.camera.live);
    if (this.camera.live) this.stage.style.setProperty("--ratio", this.video.videoWidth / this.video.videoHeight);
    this.once("card", state, () => this.sayCard(state));
    if (guide) {
      this.sayHint(guide.hint);
      this.once("steps", [guide.wanted, guide.taken], () => this.showSteps(guide));
    }
    this.once("photos", [photos?.map((photo) => photo.id), line.open], () => this.showPhotos(photos ?? []));
    if (line.silent && this.overlay.scene?.faces?.length) this.overlay.show(null);
  }

  // Runs ``draw`` where ``value`` is not what was drawn under this name before.
  once(name, value, draw) {
    const text = JSON.stringify(value);
    if (this.drawn[name] === text) return;
    this.drawn[name] = text;
    draw();
  }

  sayCard(state) {
    const [title, advice] = SAID[state] ?? ["", ""];
    this.card.dataset.state = state || "ok";
    this.card.hidden = !state;
    this.card.querySelector("b").textContent = title;
    this.card.querySelector("span").textContent = advice;
  }

  sayHint(hint) {
    if (seconds() - this.hinted < HINT_FOR_S) return;
    this.once("hint", hint, () => { this.hinted = seconds(); this.hint.textContent = hint; });
  }

  showSteps({ wanted, taken }) {
    this.steps.replaceChildren(...this.data.steps.map(({ view, word, sign }) => {
      const has = taken.includes(view), now = view === wanted;
      const step = made("li", `fr-step ${has ? "fr-taken" : now ? "fr-wanted" : ""}`);
      const icon = made("i", "", has ? "check" : sign);
      icon.setAttribute("aria-hidden", "true");
      step.append(icon, word);
      if (has || now) step.append(made("span", "fr-aside", has ? "taken" : "now"));
      return step;
    }));
  }

  showPhotos(photos) {
    this.accepted.hidden = !photos.length;
    this.accepted.querySelector("b").textContent = `${photos.length} photo${photos.length === 1 ? "" : "s"} accepted`;
    this.accepted.querySelector(".fr-tiles").replaceChildren(...photos.map((photo) => this.tile(photo)));
  }

  tile({ id, view, grade, picture }) {
    const words = `${this.data.views[view] ?? view} · ${grade}`;
    const tile = made("figure", "fr-tile");
    const face = Object.assign(made("img", ""), { src: picture, alt: words });
    const remove = made("button", "fr-remove", "Remove");
    remove.setAttribute("aria-label", `Remove: ${words}`);
    remove.disabled = !this.line.open;
    remove.onclick = () => { remove.disabled = true; this.line.say({ remove: id }); };
    tile.append(face, made("figcaption", "", words), remove);
    return tile;
  }

  end() {
    this.ended = true;
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.hidden);
    this.seen.disconnect();
    this.line.end();
    this.camera.end();
  }
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  parentElement.capture ??= new GuidedCapture(parentElement, data);
  parentElement.capture.receive(data, setTriggerValue);
  return () => { parentElement.capture?.end(); parentElement.capture = undefined; };
}
