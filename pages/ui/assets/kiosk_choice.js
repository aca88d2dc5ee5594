// Buttons under the greeting of one person: which way they go. The server offers them, and says
// what the mark counts as once it is written; until then the pressed one waits.

const TRIED_FOR_S = 4;

class Choice {
  constructor(box, press) {
    Object.assign(this, { box, press, words: "", buttons: [], tried: "" });
  }

  // ``offer``: {event, chosen, buttons: [[way, word]]}, or nothing.
  show(offer) {
    if (offer?.event !== this.offer?.event || offer?.chosen === this.tried) this.tried = "";
    this.offer = offer;
    const words = JSON.stringify(offer?.buttons);
    if (offer && words !== this.words) this.make(offer.buttons);
    if (offer) this.words = words;
    this.draw();
  }

  make(ways) {
    this.buttons = ways.map(([way, word]) => {
      const button = element("button", "", word);
      button.dataset.way = way;
      button.addEventListener("click", () => this.pressed(way));
      return button;
    });
    this.box.replaceChildren(...this.buttons);
  }

  pressed(way) {
    if (!this.offer || this.tried || this.offer.chosen === way) return;
    this.tried = way;
    this.press(this.offer.event, way);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.tried = ""; this.draw(); }, TRIED_FOR_S * 1000);
    this.draw();
  }

  draw() {
    this.box.hidden = !this.offer;
    for (const button of this.buttons) {
      const { way } = button.dataset;
      button.setAttribute("aria-pressed", String(this.offer?.chosen === way));
      button.toggleAttribute("data-tried", this.tried === way);
    }
  }

  end() { clearTimeout(this.timer); }
}
