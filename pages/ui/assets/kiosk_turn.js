// Somebody in doubt is asked to turn the head: one large arrow, which of how many turns it is, and
// how long there is for it. The server draws the side, and counts a turn only once this screen has
// said that it shows it.

const TURN_WORDS = { left: "Turn your head to the left", right: "Turn your head to the right" };
const BACK_WORDS = "Look at the camera again";
const ARROW = "M180 60H30M72 18L26 60l46 42";  // to the left; the other one is its mirror image
const EYE = "M20 60s32-44 80-44 80 44 80 44-32 44-80 44S20 60 20 60zM100 42a18 18 0 1 0 .1 0z";

class TurnCard {
  // ``told``: says to the server that a turn is shown.
  constructor(root, told) {
    Object.assign(this, { root, told, said: "" });
    this.box = root.querySelector(".k-turn");
    this.greeting = root.querySelector('[data-testid="greeting"]');
    this.path = this.box.querySelector("path");
    this.words = this.box.querySelector("b");
    [this.steps, this.other] = this.box.querySelectorAll("span");
    this.time = this.box.querySelector("i");
    this.drawn = new Drawn();
  }

  // ``prompt``: {nonce, side, done, turns, seconds}, or nothing; ``pin``: PINs may be used here.
  show(prompt, pin) {
    this.box.hidden = !prompt;
    this.root.toggleAttribute("data-turn", Boolean(prompt));
    this.greeting.setAttribute("aria-live", prompt ? "assertive" : "polite");
    this.drawn.once("prompt", prompt ?? null, () => prompt && this.draw(prompt, pin));
    if (prompt?.side && prompt.nonce !== this.said) this.tell(prompt.nonce);
  }

  draw({ side, done, turns, seconds }, pin) {
    this.box.dataset.side = side ?? "back";
    this.path.setAttribute("d", side ? ARROW : EYE);
    this.words.textContent = TURN_WORDS[side] ?? BACK_WORDS;
    this.steps.replaceChildren(...Array.from({ length: turns }, (_, at) => {
      const dot = element("s", "", "");
      dot.dataset.step = at < done ? "done" : at === done ? "now" : "next";
      return dot;
    }), element("em", "", `Turn ${done + 1} of ${turns}`));
    this.other.textContent = `Cannot turn? ${pin ? "Use your PIN." : "Ask the office."}`;
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
