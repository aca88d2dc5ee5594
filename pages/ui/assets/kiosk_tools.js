// What only the browser can do for a kiosk: full screen, sound, voice, and a display that stays on.

const SOUND = "face_rec.kiosk.sound";
const AS_APP = "(display-mode: standalone), (display-mode: fullscreen)";
const NOTES = { marked: [660, 880], already: [520, 520], turn: [740] };

class Tools {
  // ``speak``: says to the server which language somebody has chosen.
  constructor(root, words, changed, speak) {
    this.words = words;
    this.full = root.querySelector('[data-tool="full"]');
    this.sound = root.querySelector('[data-tool="sound"]');
    this.full.onclick = () => this.toggleFull();
    this.sound.onclick = () => this.pressSound();
    this.languages = root.querySelector('[data-tool="language"]');
    this.languages.setAttribute("aria-label", words.gettext("Language"));
    this.languages.onchange = () => speak(this.languages.value);
    this.drawn = new Drawn();
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
  follow({ sounds = false, voice = false, language = "", languages = [] }) {
    this.drawn.once("languages", [language, languages], () => this.offer(language, languages));
    const office = `${Number(sounds)}${Number(voice)}`;
    if (this.office === office) return;
    const [choice, then = "00"] = (localStorage.getItem(SOUND) ?? "").split(":");
    Object.assign(this, { office, sounds, voice, choice: then === office ? choice : "" });
    this.show();
  }

  // Each by the name that its speakers give it, in its own script.
  offer(spoken, languages) {
    this.languages.replaceChildren(...languages.map(({ code, name }) => {
      const option = Object.assign(element("option", "", name), { value: code, lang: code });
      option.selected = code === spoken;
      return option;
    }));
    this.languages.hidden = languages.length < 2;
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
    this.full.textContent = full ? this.words.gettext("Leave full screen") : this.words.gettext("Full screen");
    this.asks = this.locked;
    this.sound.textContent = this.soundWords;
    this.sound.setAttribute("aria-pressed", String(this.on));
  }

  get soundWords() {
    if (this.asks) return this.words.gettext("Touch for sound");
    return this.on ? this.words.gettext("Sound on") : this.words.gettext("Sound off");
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
      const spoken = this.speaks && this.speak(banner);
      if (this.tones || (this.speaks && !spoken)) this.play(banner.sound.split(":")[0]);
    }
  }

  // In the kiosk's language. Of those who come faster than they can be named, the newest. Whether it
  // is said: where a browser has voices, and none of this language, a tone does instead.
  speak({ title, text }) {
    const speech = window.speechSynthesis, voice = speech && this.voiceOf(speech.getVoices?.() ?? []);
    if (!speech || voice === null) return false;
    if (speech.pending) speech.cancel();
    const said = [title.replace(/[.○]/g, ""), ...text.split(" · ")].map((part) => part.replace(/[\u2068\u2069]/g, ""));
    const words = new SpeechSynthesisUtterance(`${said.join(". ")}.`);
    words.lang = this.words.locale;
    if (voice) words.voice = voice;
    speech.speak(words);
    return true;
  }

  // The best voice of the language: of the same country, then on the device itself, which needs no
  // network. Undefined: the browser has not told yet which it has; null: it has none.
  voiceOf(voices) {
    if (!voices.length) return undefined;
    const [tongue] = this.words.locale.toLowerCase().split("-");
    const worth = ({ lang, localService }) => 2 * (lang.replace("_", "-").toLowerCase() === this.words.locale.toLowerCase()) + Boolean(localService);
    const able = voices.filter(({ lang }) => lang.toLowerCase().split(/[-_]/)[0] === tongue);
    return able.sort((one, other) => worth(other) - worth(one))[0] ?? null;
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
