// What only the browser can do for a kiosk: full screen, sound, voice, and a display that stays on.

const SOUND = "face_rec.kiosk.sound";
const AS_APP = "(display-mode: standalone), (display-mode: fullscreen)";
const NOTES = { marked: [660, 880], already: [520, 520], turn: [740] };

class Tools {
  constructor(root, changed) {
    this.full = root.querySelector('[data-tool="full"]');
    this.sound = root.querySelector('[data-tool="sound"]');
    this.full.onclick = () => this.toggleFull();
    this.sound.onclick = () => this.pressSound();
    this.changed = () => { this.show(); changed(); };
    this.woke = () => this.stayOn();
    this.touched = () => this.on && this.listen().resume();
    document.addEventListener("fullscreenchange", this.changed);
    this.asApp = window.matchMedia(AS_APP);
    this.asApp.addEventListener("change", this.changed);
    document.addEventListener("visibilitychange", this.woke);
    document.addEventListener("click", this.touched);
    this.follow({});
    this.stayOn();
  }

  // What the office wants to be heard. Who has pressed the button decides for this browser, until
  // the office wants something else.
  follow({ sounds = false, voice = false }) {
    const office = `${Number(sounds)}${Number(voice)}`;
    if (this.office === office) return;
    const [choice, then = "00"] = (localStorage.getItem(SOUND) ?? "").split(":");
    Object.assign(this, { office, sounds, voice, choice: then === office ? choice : "" });
    this.show();
  }

  get tones() { return this.choice ? this.choice === "on" && (this.sounds || !this.voice) : this.sounds; }
  get speaks() { return this.voice && this.choice !== "off"; }
  get on() { return this.tones || this.speaks; }

  // A browser makes no sound in a page that nobody has touched yet, unless it was told to.
  get locked() { return this.on && this.listen().state === "suspended" && !navigator.userActivation?.hasBeenActive; }

  // Whether the kiosk has the window to itself: in full screen, as an app of the tablet, and on a
  // page of its own.
  get fills() {
    const { documentElement, fullscreenElement } = document;
    return Boolean(fullscreenElement) || this.asApp.matches || documentElement.hasAttribute("data-alone");
  }

  toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
  }

  pressSound() {
    if (!this.asks) {
      this.choice = this.on ? "off" : "on";
      localStorage.setItem(SOUND, `${this.choice}:${this.office}`);
    }
    this.show();
    if (this.on) this.play("marked");
  }

  show() {
    const full = Boolean(document.fullscreenElement);
    document.documentElement.classList.toggle("fr-full", this.fills);
    const whole = window.matchMedia("(display-mode: fullscreen)").matches;  // an app that began so
    this.full.hidden = !document.documentElement.requestFullscreen || (whole && !full);
    this.full.textContent = full ? "Leave full screen" : "Full screen";
    this.asks = this.locked;
    this.sound.textContent = this.asks ? "Touch for sound" : this.on ? "Sound on" : "Sound off";
    this.sound.setAttribute("aria-pressed", String(this.on));
  }

  listen() {
    this.audio ??= Object.assign(new AudioContext(), { onstatechange: () => this.ended || this.show() });
    return this.audio;
  }

  // A browser takes the lock away with the tab; it is asked for again when the tab is back.
  async stayOn() {
    if (document.hidden || this.ended) return;
    try { this.lock = await navigator.wakeLock?.request("screen"); } catch { /* low battery, or not allowed */ }
  }

  // Each event is heard once; what was there when the page opened is not news.
  hear(banners) {
    const news = banners.filter((banner) => banner.sound);
    this.heard ??= new Set(news.map((banner) => banner.sound));
    for (const banner of news.filter(({ sound }) => !this.heard.has(sound))) {
      this.heard.add(banner.sound);
      if (this.tones) this.play(banner.sound.split(":")[0]);
      if (this.speaks) this.speak(banner);
    }
  }

  // In the language of the page. Of those who come faster than they can be named, the newest.
  speak({ title, text }) {
    const voice = window.speechSynthesis;
    if (!voice) return;
    if (voice.pending) voice.cancel();
    const words = new SpeechSynthesisUtterance(`${title.replace(/[.○]/g, "")}. ${text.replaceAll(" · ", ". ")}.`);
    words.lang = document.documentElement.lang || "en";
    voice.speak(words);
  }

  play(mood) {
    this.listen().resume();
    (NOTES[mood] ?? []).forEach((pitch, index) => {
      const [from, tone, volume] = [this.audio.currentTime + index * 0.14, this.audio.createOscillator(), this.audio.createGain()];
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.18, from);
      volume.gain.exponentialRampToValueAtTime(0.001, from + 0.22);
      tone.connect(volume).connect(this.audio.destination);
      tone.start(from);
      tone.stop(from + 0.24);
    });
  }

  end() {
    this.ended = true;
    document.removeEventListener("fullscreenchange", this.changed);
    this.asApp.removeEventListener("change", this.changed);
    document.removeEventListener("visibilitychange", this.woke);
    document.removeEventListener("click", this.touched);
    document.documentElement.classList.remove("fr-full");
    this.lock?.release?.().catch(() => {});
    this.audio?.close();
    window.speechSynthesis?.cancel();
  }
}
