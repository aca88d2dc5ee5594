// What only the browser can do for a kiosk: full screen, sound, and a display that stays on.

const SOUND = "face_rec.kiosk.sound";
const NOTES = { marked: [660, 880], already: [520, 520] };

class Tools {
  constructor(root, changed) {
    this.full = root.querySelector('[data-tool="full"]');
    this.sound = root.querySelector('[data-tool="sound"]');
    this.on = localStorage.getItem(SOUND) === "on";
    this.full.onclick = () => this.toggleFull();
    this.sound.onclick = () => this.toggleSound();
    this.full.hidden = !document.documentElement.requestFullscreen;
    this.changed = () => { this.show(); changed(); };
    this.woke = () => this.stayOn();
    document.addEventListener("fullscreenchange", this.changed);
    document.addEventListener("visibilitychange", this.woke);
    this.show();
    this.stayOn();
  }

  toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
  }

  toggleSound() {
    this.on = !this.on;
    localStorage.setItem(SOUND, this.on ? "on" : "off");
    this.show();
    if (this.on) this.play("marked");
  }

  show() {
    const full = Boolean(document.fullscreenElement);
    document.documentElement.classList.toggle("fr-full", full);
    this.full.textContent = full ? "Leave full screen" : "Full screen";
    this.sound.textContent = this.on ? "Sound on" : "Sound off";
    this.sound.setAttribute("aria-pressed", String(this.on));
  }

  // A browser takes the lock away with the tab; it is asked for again when the tab is back.
  async stayOn() {
    if (document.hidden || this.ended) return;
    try { this.lock = await navigator.wakeLock?.request("screen"); } catch { /* low battery, or not allowed */ }
  }

  // Each event is heard once; what was there when the page opened is not news.
  hear(sounds) {
    this.heard ??= new Set(sounds);
    for (const sound of sounds.filter((name) => !this.heard.has(name))) {
      this.heard.add(sound);
      if (this.on) this.play(sound.split(":")[0]);
    }
  }

  play(mood) {
    this.audio ??= new AudioContext();
    this.audio.resume();
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
    document.removeEventListener("visibilitychange", this.woke);
    document.documentElement.classList.remove("fr-full");
    this.lock?.release?.().catch(() => {});
    this.audio?.close();
  }
}
