// A screen that Streamlit draws once and that then lives by itself, a kiosk's or a registration's:
// one camera, its pictures sent as they are wanted, and a line that says what to show.

const TICK_MS = 200;
const SPACING_S = 0.07;  // seconds between two pictures
const SAID_AFTER_S = 1.5;  // of silence

class LiveScreen {
  constructor(root, data) {
    Object.assign(this, { root, data, sent: 0, words: new Words(data.words) });
    this.troubles = troublesIn(this.words);
    const find = (name) => root.querySelector(name);
    this.stage = find(".fr-stage"); this.video = find("video");
    this.camera = new Camera(this.video, find("select"), this.words);
    this.presence = new Presence();
    this.overlay = new Overlay(find("canvas"), this.video, this.words);
    this.seen = new ResizeObserver(() => this.resized());
    this.hidden = () => this.tick();
  }

  // Once everything is made that a tick needs.
  begin() {
    this.seen.observe(this.stage);
    document.addEventListener("visibilitychange", this.hidden);
    this.connect();
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.follow();
    this.tick();
  }

  // Where one of ``needs`` is another, line and sender begin anew; the camera goes on.
  receive(data, report) {
    this.report = report;
    const same = this.needs.every((name) => data[name] === this.data[name]);
    this.data = data;
    if (!same) { this.disconnect(); this.connect(); }
  }

  disconnect() { this.way.end(); this.line.end(); }

  told(parts, back) {
    if (back) this.returned();
    this.heard(parts);
    if ("scene" in parts) this.overlay.show(parts.scene, this.camera.mirrored);
    this.show();
  }

  heard() {}

  resized() { this.overlay.draw(); }

  // At each picture of the camera, as soon as it is there.
  follow() {
    const next = () => { if (!this.ended) { this.frame(); this.follow(); } };
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(next);
    else setTimeout(next, 40);
  }

  frame() {
    if (!this.camera.live || document.hidden) return;
    this.presence.look(this.video);
    const { way } = this, now = seconds();
    if (!this.sending || !way.ready || now - this.sent < this.spacing - 0.01) return;
    this.sent = now;
    this.send(way);
  }

  send(way) { way.send(this.video); }

  show() {
    this.root.toggleAttribute("data-picture", this.camera.live);
    if (this.line.silent && this.overlay.scene?.faces?.length) this.overlay.show(null);
  }

  end() {
    this.ended = true;
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.hidden);
    this.seen.disconnect();
    this.disconnect();
    this.camera.end();
  }
}
