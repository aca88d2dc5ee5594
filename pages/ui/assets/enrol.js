// Register's guided capture: the browser's own camera, its pictures sent over HTTP, and a line back
// that says what to do next, what is seen and which photos were taken. Streamlit draws it once, and
// is asked for one run of the page when all views are taken.

const EMPTY_SPACING_S = 0.5;  // seconds between two pictures while nobody is there
// Whether a face lives is told by what is around it: it must be lower than a quarter of the picture.
const SIZE = [1280, 720], BEST = [1280, 0.8];
const HINT_FOR_S = 0.5;  // a hint stands long enough to be read
const ASK_AGAIN_S = 3;

const saidIn = (words) => ({
  ...troublesIn(words),
  unknown: [words.gettext("This registration has ended"), words.gettext("Reload the page to go on. What was typed and taken is still there.")],
  refused: [words.gettext("You may not register people any more"), words.gettext("Reload the page, or ask an administrator.")],
  busy: [words.gettext("The camera cannot be read"), words.gettext("Another program may be using it. Close that program, choose another camera, or take “Photo” or “Upload” above.")],
});

class GuidedCapture extends LiveScreen {
  constructor(root, data) {
    super(root.querySelector(".fr-enrol"), data);
    const find = (name) => this.root.querySelector(name);
    this.said = saidIn(this.words);
    find("canvas").setAttribute("aria-label", this.words.gettext("The camera's picture"));
    find("select").setAttribute("aria-label", this.words.gettext("Choose camera"));
    find(".fr-accepted").setAttribute("aria-label", this.words.gettext("Accepted photos"));
    this.card = find(".fr-camera"); this.hint = find(".fr-guide b");
    this.steps = find(".fr-steps"); this.accepted = find(".fr-accepted");
    Object.assign(this, { hinted: 0, asked: 0, drawn: new Drawn() });
    this.camera.size = SIZE;
    this.begin();
  }

  // Taken up in another sign-in a capture has another name.
  get needs() { return ["capture"]; }

  connect() {
    const query = new URLSearchParams({ capture: this.data.capture });
    this.way = new HttpSender(`/capture?${query}`, "register", BEST);
    this.line = new LiveLine(`/capture/live?${query}`, `/capture/start?${query}`, "register", (parts, back) => this.told(parts, back));
    this.line.connect();
  }

  returned() { this.way.wake(); }

  // --- pictures out

  get done() { return Boolean(this.line.parts.guide?.done); }
  get sending() { return !document.hidden && !this.done && this.line.open && this.camera.live; }

  get spacing() {
    const someone = this.presence.moving || this.line.parts.scene?.faces?.length;
    return someone ? SPACING_S : EMPTY_SPACING_S;
  }

  // --- how it is

  tick() {
    this.camera.tick();
    this.line.tick();
    if (this.sending) this.way.prepare();
    if (this.done) this.finish();
    this.show();
  }

  // The page draws what was taken; a press that it was busy with may have cost it the first asking.
  finish() {
    if (seconds() - this.asked < ASK_AGAIN_S) return;
    this.asked = seconds();
    this.report("done", true);
  }

  get state() {
    if (!this.camera.usable) return "insecure";
    if (this.line.refusal) return this.line.refusal;
    if (this.line.silent > SAID_AFTER_S) return "server";
    if (document.hidden) return "hidden";
    return this.camera.state || (this.line.open ? this.way.trouble : "connecting");
  }

  show() {
    super.show();
    const { state, line, drawn } = this;
    const { guide, photos } = line.parts;
    if (this.camera.live) this.stage.style.setProperty("--ratio", this.video.videoWidth / this.video.videoHeight);
    drawn.once("card", state, () => this.sayCard(state));
    if (guide) {
      this.sayHint(this.hintAt(state, guide.hint));
      drawn.once("steps", [guide.wanted, guide.taken], () => this.showSteps(guide));
    }
    drawn.once("photos", [photos?.map((photo) => photo.id), line.open], () => this.showPhotos(photos ?? []));
  }

  sayCard(state) {
    sayTrouble(this.card, state, this.said[state]);
    this.card.hidden = !state;
  }

  // What to do next is about the face, and of no use while there is none to be seen.
  hintAt(state, hint) {
    const { words } = this;
    if (state === "unknown" || state === "refused") return "";
    if (state === "server") return words.gettext("Waiting for the server.");
    if (state) return words.gettext("Waiting for the camera.");
    if (this.presence.blind) return words.gettext("The picture is dark: uncover the camera, or turn on the light.");
    return this.data.said[hint] ?? hint;
  }

  sayHint(hint) {
    if (seconds() - this.hinted < HINT_FOR_S) return;
    this.drawn.once("hint", hint, () => { this.hinted = seconds(); this.hint.textContent = hint; });
  }

  showSteps({ wanted, taken }) {
    this.steps.replaceChildren(...this.data.steps.map(({ view, word, sign }) => {
      const has = taken.includes(view), now = view === wanted;
      const step = element("li", `fr-step ${has ? "fr-taken" : now ? "fr-wanted" : ""}`);
      const icon = element("i", "", has ? "check" : sign);
      icon.setAttribute("aria-hidden", "true");
      step.append(icon, word);
      if (has || now) step.append(element("span", "fr-aside", has ? this.words.gettext("taken") : this.words.gettext("now")));
      return step;
    }));
  }

  showPhotos(photos) {
    this.accepted.hidden = !photos.length;
    this.accepted.querySelector("b").textContent = this.words.ngettext("{count} photo accepted", "{count} photos accepted", photos.length);
    this.accepted.querySelector(".fr-tiles").replaceChildren(...photos.map((photo) => this.tile(photo)));
  }

  tile({ id, view, grade, picture }) {
    const shown = `${this.data.views[view] ?? view} · ${this.data.said[grade] ?? grade}`;
    const tile = element("figure", "fr-tile");
    const face = Object.assign(element("img", ""), { src: picture, alt: shown });
    const remove = element("button", "fr-remove", this.words.gettext("Remove"));
    remove.setAttribute("aria-label", this.words.gettext("Remove: {photo}", { photo: shown }));
    remove.disabled = !this.line.open;
    remove.onclick = () => { remove.disabled = true; this.line.say({ remove: id }); };
    tile.append(face, element("figcaption", "", shown), remove);
    return tile;
  }
}

export default mounted(GuidedCapture, "setTriggerValue");
