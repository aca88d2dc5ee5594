// The kiosk's one camera: opens it, shows it at full rate, and gets it back when it is lost.

const STILL_PATIENCE_S = 4;
const LONGEST_ASK_S = 15;

class Camera {
  constructor(video, chooser, words) {
    Object.assign(this, { video, chooser, words, stream: null, problem: "connecting", wanted: true });
    this.openAt = 0; this.pause = 0; this.asked = seconds(); this.moved = seconds(); this.position = -1;
    this.size = WANTED_SIZE;
    this.chosen = recalledCamera();
    this.again = () => { this.chosen = this.stream ? this.chosen : recalledCamera(); this.openAt = 0; this.pause = 0; this.list(); };
    chooser.onchange = () => this.choose(chooser.value);
    navigator.mediaDevices?.addEventListener?.("devicechange", this.again);
    this.watchPermission();
  }

  get usable() { return Boolean(window.isSecureContext && navigator.mediaDevices); }
  get live() { return Boolean(this.stream) && this.video.videoWidth > 0; }
  get label() { return this.stream?.getVideoTracks()[0]?.label ?? ""; }

  // What the browser says of the camera; ``device`` is its number on this site only.
  get facts() {
    const { deviceId = "", width = 0, height = 0, frameRate = 0, facingMode = "" } = this.stream?.getVideoTracks()[0]?.getSettings() ?? {};
    return { device: deviceId.slice(0, 200), width, height, frame_rate: Math.round(frameRate * 10) / 10, facing: facingMode };
  }

  // Why there is no picture, as a key of its troubles; empty where there is one.
  get state() {
    if (!this.usable) return "insecure";
    if (this.opening && this.problem === "connecting" && seconds() - this.asked > 2) return "prompt";
    if (this.problem) return this.problem;
    if (!this.video.videoWidth) return "connecting";
    return seconds() - this.moved > 2 ? "stalled" : "";
  }

  // To be called several times a second.
  tick() {
    if (!this.usable || !this.wanted) return;
    if (this.stream) this.follow();
    else if (seconds() >= this.openAt) this.open();
  }

  want(wanted) {
    if (this.wanted === wanted) return;
    this.wanted = wanted;
    if (wanted) this.openAt = 0;
    else this.drop("connecting");
  }

  async open() {
    if (this.opening) return;
    this.opening = true;
    this.asked = seconds();
    try {
      const stream = await this.ask(cameraWish(this.chosen, this.size));
      if (this.ended || !this.wanted) return void stream.getTracks().forEach((track) => track.stop());
      this.show(stream);
    } catch (error) {
      if (error.name === "OverconstrainedError" && this.chosen.device) {
        this.chosen = { facing: this.chosen.facing };  // it is not there now: another that looks the same way
        return;
      }
      this.problem = ERRORS[error.name] ?? "busy";
      this.pause = Math.min(LONGEST_ASK_S, (this.pause || 1) * 2);
      this.openAt = seconds() + this.pause;
    } finally {
      this.opening = false;
    }
  }

  // The start page of a kiosk has opened it already (first_picture.js).
  ask(wish) { return window.faceRecFirst?.take(wish) ?? navigator.mediaDevices.getUserMedia(wish); }

  show(stream) {
    const [track] = stream.getVideoTracks();
    this.stream = stream;
    this.facing = track.getSettings().facingMode ?? "";
    track.onended = () => this.drop();  // unplugged, or taken away by the system
    this.video.classList.toggle("fr-mirrored", this.mirrored);
    this.video.srcObject = stream;
    this.video.play().catch(() => {});
    window.faceRecFirst?.hand(this.video);
    Object.assign(this, { problem: "", pause: 0, moved: seconds(), position: -1 });
    this.list();
  }

  get mirrored() { return this.facing !== "environment"; }

  drop(problem = "stalled") {
    this.stream?.getTracks().forEach((track) => { track.onended = null; track.stop(); });
    this.stream = null;
    this.video.srcObject = null;
    this.problem = problem;
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
    const over = this.stream.getVideoTracks().every((track) => track.readyState === "ended");
    if (over || seconds() - this.moved > STILL_PATIENCE_S) this.drop();
  }

  async watchPermission() {
    try {
      const status = await navigator.permissions.query({ name: "camera" });
      status.onchange = this.again;
    } catch { /* Firefox before 131 and old Safari cannot tell */ }
  }

  // --- which camera: remembered on this device

  choose(device) {
    this.chosen = { device };
    this.drop("connecting");
    this.openAt = 0;
    this.remember = true;
  }

  async list() {
    const devices = (await navigator.mediaDevices?.enumerateDevices?.() ?? []).filter((d) => d.kind === "videoinput");
    const current = this.stream?.getVideoTracks()[0]?.getSettings().deviceId;
    this.chooser.replaceChildren(...devices.map((device, index) => {
      const option = document.createElement("option");
      option.value = device.deviceId;
      option.textContent = device.label || this.words.gettext("Camera {number}", { number: index + 1 });
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

  end() {
    this.ended = true;
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.again);
    this.drop();
  }
}
