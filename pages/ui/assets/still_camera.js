// The kiosk by single photos: shows the camera, and posts one JPEG when the button is pressed. It
// goes to a route of our own, which a linked kiosk may use; what it came to, the page says.

const ANSWER_WITHIN_MS = 15000;
const LONGEST_SIDE = 1280;

class StillCamera {
  constructor(root, data) {
    this.root = root;
    this.words = new Words(data.words);
    this.troubles = troublesIn(this.words);
    Object.assign(root.querySelector(".fr-still"), { lang: this.words.language, dir: this.words.direction });
    Object.assign(document.documentElement, { lang: this.words.language });
    document.documentElement.dataset.dir = this.words.direction;
    this.box = root.querySelector(".fr-camera");
    this.stage = root.querySelector(".fr-stage");
    this.video = root.querySelector("video");
    this.button = root.querySelector("button");
    this.button.textContent = this.words.gettext("Take photo");
    this.screen = [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16)).join("-");
    this.state = "connecting"; this.trouble = ""; this.openAt = 0; this.pause = 1;
    this.button.onclick = () => this.take();
    this.timer = setInterval(() => this.tick(), 250);
  }

  receive(data, report) {
    Object.assign(this, { url: data.url, report });
    if (data.words && data.words.language !== this.words.language) location.reload();
  }

  tick() {
    if (!window.isSecureContext || !navigator.mediaDevices) return void this.say("insecure");
    if (!this.stream && !this.opening && performance.now() >= this.openAt) this.open();
    const shows = this.stream && this.video.videoWidth > 0;
    this.stage.hidden = !shows;
    this.button.disabled = !shows || this.sending;
    this.say(shows ? this.trouble : this.state);
  }

  async open() {
    this.opening = true;
    try {
      const size = { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: { ideal: "user" } };
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: size });
      if (this.ended) return void stream.getTracks().forEach((track) => track.stop());
      const [track] = stream.getVideoTracks();
      track.onended = () => this.drop();
      Object.assign(this, { stream, state: "connecting", pause: 1 });
      this.video.classList.toggle("fr-mirrored", track.getSettings().facingMode !== "environment");
      this.video.srcObject = stream;
      await this.video.play().catch(() => {});
    } catch (error) {
      this.state = ERRORS[error.name] ?? "busy";
      this.pause = Math.min(15, this.pause * 2);
      this.openAt = performance.now() + 1000 * this.pause;
    } finally {
      this.opening = false;
    }
  }

  drop() {
    this.stream?.getTracks().forEach((track) => { track.onended = null; track.stop(); });
    this.stream = null;
    this.video.srcObject = null;
    this.state = "connecting";
  }

  async take() {
    if (this.sending) return;
    this.sending = true;
    this.button.disabled = true;
    try {
      const body = await this.picture();
      const number = await this.number();
      const headers = { "Content-Type": "image/jpeg", "X-Kiosk-Number": number };
      await this.post("/still?", headers, body);
      this.trouble = "";
      this.report("taken", String(Date.now()));
    } catch (error) {
      this.trouble = error.trouble ?? "server";
    } finally {
      this.sending = false;
    }
  }

  // Each photo spends a number that the server gave out just before.
  async number() { return (await (await this.post("/start?", {})).json()).numbers[0]; }

  async post(path, headers, body) {
    const answer = await fetch(this.url.replace("?", path), {
      method: "POST", body, headers: { ...headers, "X-Kiosk-Screen": this.screen }, signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (answer.ok && !answer.redirected) return answer;
    const trouble = { 404: "unknown", 503: "server", 502: "server", 504: "server" }[answer.status] ?? "refused";
    throw Object.assign(new Error(trouble), { trouble });
  }

  picture() {
    const film = document.createElement("canvas");
    copyPicture(film, this.video, LONGEST_SIDE);
    return jpegOf(film, 0.9);
  }

  say(state) {
    if (state === this.said) return;
    this.said = state;
    sayTrouble(this.box, state, this.troubles[state] ?? ["", ""]);
  }

  end() {
    this.ended = true;
    delete document.documentElement.dataset.dir;
    clearInterval(this.timer);
    this.drop();
  }
}

export default mounted(StillCamera, "setTriggerValue");
