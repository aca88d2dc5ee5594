// A badge instead of a face: a button, and a card that says what to do and what came of it. The
// server looks for the code, and only between the press of the button and the end of the card's time.

class BadgeCard {
  // ``say``: to the server; whether it could be said.
  constructor(root, words, say) {
    Object.assign(this, { root, words, say, nonce: "" });
    this.button = root.querySelector('[data-tool="badge"]');
    this.button.textContent = words.gettext("Badge");
    this.button.addEventListener("click", () => this.press());
    this.box = root.querySelector(".k-badge");
    this.title = this.box.querySelector("b");
    this.text = this.box.querySelector("span");
    this.time = this.box.querySelector("i");
    this.form = this.box.querySelector("form");
    this.pin = this.form.querySelector("input");
    this.pin.setAttribute("aria-label", words.gettext("PIN"));
    [this.send, this.end] = this.box.querySelectorAll("button");
    this.send.textContent = words.gettext("Mark me");
    this.end.textContent = words.gettext("Cancel");
    this.end.addEventListener("click", () => this.say({ badge: { wanted: false } }));
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.typed(); });
  }

  get looking() { return this.card?.phase === "looking"; }

  press() { this.say({ badge: { wanted: !this.looking } }); }

  typed() {
    const pin = this.pin.value.trim();
    if (pin && this.say({ typed: { pin } })) this.pin.value = "";
  }

  // ``card``: {phase, title, text, seconds, nonce}; nothing where no badge is read now.
  show(card) {
    this.card = card;
    this.button.hidden = !card;
    this.button.setAttribute("aria-pressed", String(this.looking));
    const open = Boolean(card?.phase);
    this.box.hidden = !open;
    this.root.toggleAttribute("data-badge", open);
    if ((card?.nonce ?? "") === this.nonce) return;
    this.nonce = card?.nonce ?? "";
    if (open) this.draw(card);
    else this.pin.value = "";
  }

  draw({ phase, title, text, seconds }) {
    this.box.dataset.phase = phase;
    this.title.textContent = title;
    this.text.textContent = text;
    this.form.hidden = phase !== "pin";
    this.pin.value = "";
    if (phase === "pin") this.pin.focus();
    this.end.hidden = !["looking", "pin"].includes(phase);
    this.time.style.animation = "none";
    this.time.getBoundingClientRect();  // so that it begins anew
    this.time.style.animation = "";
    this.time.style.animationDuration = `${seconds}s`;
  }
}
