// Full screen and sound: both need the browser, and sound is remembered on this device.

const REMEMBERED = "face_rec.kiosk.sound";
const NOTES = { marked: [660, 880], already: [520, 520] };

class Tools {
  constructor(root) {
    this.full = root.querySelector('[data-tool="full"]');
    this.sound = root.querySelector('[data-tool="sound"]');
    this.on = localStorage.getItem(REMEMBERED) === "on";
    this.full.onclick = () => this.toggleFull();
    this.sound.onclick = () => this.toggleSound();
    this.full.hidden = !document.documentElement.requestFullscreen;
    this.changed = () => this.show();
    document.addEventListener("fullscreenchange", this.changed);
    this.show();
  }

  toggleFull() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
  }

  toggleSound() {
    this.on = !this.on;
    localStorage.setItem(REMEMBERED, this.on ? "on" : "off");
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

  // Each event is heard once, however often the page is drawn again.
  hear(sounds) {
    this.heard ??= new Set(sounds);  // what was there when the page opened is not news
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
    document.removeEventListener("fullscreenchange", this.changed);
    document.documentElement.classList.remove("fr-full");
    this.audio?.close();
  }
}

export default function (component) {
  const { parentElement, data } = component;
  parentElement.tools ??= new Tools(parentElement);
  parentElement.tools.hear(data.sounds);
  return () => { parentElement.tools?.end(); parentElement.tools = undefined; };
}
