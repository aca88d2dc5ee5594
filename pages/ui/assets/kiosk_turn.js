// Somebody in doubt is asked to turn the head: one large arrow, which of how many turns it is, and
// how long there is for it. The server draws the side, and counts a turn only once this screen has
// said that it shows it. Where the office allows it, the whole screen then shows some colours, one
// after another, around a few words.

const ARROW = "M180 60H30M72 18L26 60l46 42";  // to the left; the other one is its mirror image
const EYE = "M20 60s32-44 80-44 80 44 80 44-32 44-80 44S20 60 20 60zM100 42a18 18 0 1 0 .1 0z";

class TurnCard {
  // ``told``: says to the server that a turn is shown.
  constructor(root, words, told) {
    Object.assign(this, { root, told, said: "", say: words });
    this.turns = { left: words.gettext("Turn your head to the left"), right: words.gettext("Turn your head to the right") };
    this.back = words.gettext("Look at the camera again");
    this.box = root.querySelector(".k-turn");
    this.greeting = root.querySelector('[data-testid="greeting"]');
    this.path = this.box.querySelector("path");
    this.words = this.box.querySelector("b");
    [this.steps, this.other] = this.box.querySelectorAll("span");
    this.time = this.box.querySelector("i");
    this.drawn = new Drawn();
    this.colours = new Colours(root.querySelector(".k-colours"), this.back, told);
  }

  // ``prompt``: {nonce, side, done, turns, seconds, colour}, or nothing; ``pin``: PINs may be used
  // here.
  show(prompt, pin) {
    this.colours.show(prompt?.colour ? prompt : null);
    this.box.hidden = !prompt;
    this.root.toggleAttribute("data-turn", Boolean(prompt));
    this.greeting.setAttribute("aria-live", prompt ? "assertive" : "polite");
    this.drawn.once("prompt", prompt ?? null, () => prompt && this.draw(prompt, pin));
    if (prompt?.side && prompt.nonce !== this.said) this.tell(prompt.nonce);
  }

  draw({ side, done, turns, seconds }, pin) {
    this.box.dataset.side = side ?? "back";
    this.path.setAttribute("d", side ? ARROW : EYE);
    this.words.textContent = this.turns[side] ?? this.back;
    this.steps.replaceChildren(...Array.from({ length: turns }, (_, at) => {
      const dot = element("s", "", "");
      dot.dataset.step = at < done ? "done" : at === done ? "now" : "next";
      return dot;
    }), element("em", "", this.say.gettext("Turn {number} of {all}", { number: done + 1, all: turns })));
    this.other.textContent = pin ? this.say.gettext("Cannot turn? Use your PIN.") : this.say.gettext("Cannot turn? Ask the office.");
    this.time.style.animation = "none";
    this.time.getBoundingClientRect();  // so that it begins anew
    this.time.style.animation = "";
    this.time.style.animationDuration = `${seconds}s`;
  }

  // Once it is on the screen, not before: two frames of it.
  tell(nonce) {
    this.said = nonce;
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (document.hidden || this.box.hidden || !this.told(nonce)) this.said = "";
    }));
  }
}

// A colour is never shown for less than this: at most two changes a second, and three are what
// WCAG 2.3.1 allows of flashes, which these are not.
const COLOUR_MS = 500;

class Colours {
  constructor(box, says, told) {
    Object.assign(this, { box, says, told, nonce: "", since: -Infinity, waits: 0, over: 0 });
    [this.words, this.steps] = box.querySelectorAll("b, span");
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
  }

  // Nothing is shown, and the server not told that it is, on a device that asks for no motion: then
  // the turns of the head decide alone.
  show(prompt) {
    if (!prompt || this.calm.matches || document.hidden) return this.hide();
    if (prompt.nonce === this.nonce) return;
    this.nonce = prompt.nonce;
    clearTimeout(this.waits);
    const rest = this.since + COLOUR_MS - performance.now();
    if (rest > 0) this.waits = setTimeout(() => this.draw(prompt), rest);
    else this.draw(prompt);
  }

  draw({ nonce, colour, done, turns, seconds }) {
    if (nonce !== this.nonce) return;
    this.box.style.backgroundColor = colour;
    this.words.textContent = this.says;
    this.steps.textContent = `${done + 1} / ${turns}`;
    if (this.box.hidden) {
      this.box.hidden = false;
      this.box.showPopover?.();  // above all that is on the page
    }
    this.since = performance.now();
    clearTimeout(this.over);
    this.over = setTimeout(() => this.hide(), seconds * 1000);  // a line that is silent ends it
    requestAnimationFrame(() => requestAnimationFrame(() => {
      if (nonce === this.nonce && !this.box.hidden && !document.hidden) this.told(nonce);
    }));
  }

  // At once: whoever it was for may have left, and the next person has asked for none of it.
  hide() {
    clearTimeout(this.waits);
    clearTimeout(this.over);
    this.nonce = "";
    if (this.box.hidden) return;
    this.since = performance.now();
    this.box.hidePopover?.();
    this.box.hidden = true;
  }
}
