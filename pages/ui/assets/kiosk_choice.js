// Buttons under the greeting of one person: which way they go. The server offers them, and says
// what the mark counts as once it is written; until then the pressed one waits.

const TRIED_FOR_S = 4;
const NEW_FOR_S = 0.4;  // a press within it was meant for whoever stood there before

class Choice {
  constructor(box, words, press) {
    Object.assign(this, { box, words, press, made: "", buttons: [], tried: "" });
  }

  // ``offer``: {event, name, chosen, buttons: [[way, word]]}, or nothing. ``several``: others are
  // greeted, too.
  show(offer, several) {
    if (offer?.event !== this.offer?.event) this.since = seconds();
    if (offer?.event !== this.offer?.event || offer?.chosen === this.tried) this.tried = "";
    this.several = several;
    this.offer = offer;
    const wanted = JSON.stringify(offer?.buttons);
    if (offer && wanted !== this.made) this.make(offer.buttons);
    if (offer) this.made = wanted;
    this.draw();
  }

  make(ways) {
    this.buttons = ways.map(([way, word]) => {
      const button = element("button", "", word);
      button.dataset.way = way;
      button.addEventListener("click", () => this.pressed(way));
      return button;
    });
    this.whose = element("p", "");
    this.whose.dir = "auto";
    this.box.replaceChildren(this.whose, ...this.buttons);
  }

  pressed(way) {
    if (!this.offer || this.tried || this.offer.chosen === way || seconds() - this.since < NEW_FOR_S) return;
    this.tried = way;
    this.press(this.offer.event, way);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.tried = ""; this.draw(); }, TRIED_FOR_S * 1000);
    this.draw();
  }

  draw() {
    this.box.hidden = !this.offer;
    if (!this.offer) return;
    this.box.setAttribute("aria-label", this.words.gettext("{name}: which way do you go?", { name: this.offer.name }));
    this.whose.textContent = this.offer.name;
    this.whose.hidden = !this.several;
    for (const button of this.buttons) {
      const { way } = button.dataset;
      button.setAttribute("aria-pressed", String(this.offer?.chosen === way));
      button.toggleAttribute("data-tried", this.tried === way);
    }
  }

  end() { clearTimeout(this.timer); }
}
