// One's own page: a button for the one person who was recognised, and the code that their phone
// scans. The server says for whom and how long; while it is not heard, nothing is shown.

class MyPage {
  // ``say``: to the server; whether it could be said.
  constructor(root, words, say) {
    Object.assign(this, { root, say, shown: "" });
    this.box = root.querySelector(".k-mine");
    this.button = this.box.querySelector("button");
    this.button.textContent = words.gettext("My page");
    this.button.addEventListener("click", () => this.press());
    this.image = this.box.querySelector("img");
    this.image.alt = words.gettext("Code for your phone");
    [this.title, this.text] = this.box.querySelectorAll("b, span");
    this.text.textContent = words.gettext("Scan it with your phone: it opens your own page, once");
    this.refused = words.gettext("No code can be shown now");
    this.time = this.box.querySelector("i");
  }

  press() { if (this.page && !this.page.code) this.say({ mine: { event: this.page.event } }); }

  // ``page``: {event, name, code, seconds, refused}; nothing where nobody may be shown one.
  show(page) {
    this.page = page;
    const open = Boolean(page?.code);
    this.box.hidden = !page;
    this.root.toggleAttribute("data-mine", open);
    this.button.hidden = open || Boolean(page?.refused);
    this.image.hidden = this.text.hidden = this.time.parentElement.hidden = !open;
    this.title.textContent = page?.refused ? this.refused : open ? page.name : "";
    this.title.hidden = !this.title.textContent;
    if (!open) { this.image.removeAttribute("src"); this.shown = ""; return; }
    if (page.code === this.shown) return;
    this.shown = page.code;
    this.image.src = page.code;
    this.time.style.animation = "none";
    this.time.getBoundingClientRect();  // so that it begins anew
    this.time.style.animation = "";
    this.time.style.animationDuration = `${page.seconds}s`;
  }
}
