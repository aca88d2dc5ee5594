// The live wall: one WebSocket brings how each camera is and, as bytes, its pictures. Nothing is asked
// for while nobody looks: a page in the background closes its line. Pictures of a line that has ended
// are taken off at once, for who looks may have lost the right to.

const OVER = 1008, LATER = 1013;
const RETRY_MS = 2000, LONGEST_RETRY_MS = 15000;
const STALE_MS = 6000;  // without another picture an old one is no live one

// Why the server closed a line, of what it says.
function whyIn(words, reason) {
  const full = /^(\d+) walls are open/.exec(reason);
  if (full) return words.ngettext("{count} wall is open already. Close one of them.", "{count} walls are open already. Close one of them.", Number(full[1]));
  return reason ? words.gettext("The database does not answer.") : words.gettext("The server does not answer.");
}

class WallTile {
  constructor(id, words, large) {
    Object.assign(this, { id, words });
    this.root = element("li", "fr-wall-tile");
    this.root.dataset.camera = id;
    this.stage = element("button", "fr-wall-stage");
    this.stage.type = "button";
    this.stage.onclick = () => large(id);
    this.image = element("img", "");
    this.image.hidden = true;
    this.note = element("span", "fr-wall-none");
    this.live = element("i", "fr-wall-live", words.gettext("Live"));
    this.live.setAttribute("aria-hidden", "true");
    this.stage.append(this.image, this.note, this.live);
    this.title = element("b", "");
    this.about = element("small", "");
    this.names = element("ul", "fr-wall-names");
    const about = element("div", "fr-wall-words");
    about.append(this.title, this.about);
    this.root.append(this.stage, about, this.names);
    this.drawn = new Drawn();
    this.at = 0;
  }

  show(camera) {
    this.camera = camera;
    this.draw();
  }

  picture(jpeg) {
    const before = this.address;
    this.address = URL.createObjectURL(jpeg);
    this.at = performance.now();
    this.image.onload = () => { if (before) URL.revokeObjectURL(before); };
    this.image.src = this.address;
    this.draw();
  }

  draw() {
    const { camera, words } = this;
    if (!camera) return;
    const live = camera.sees && performance.now() - this.at < STALE_MS && Boolean(this.address);
    if (!live) this.forget();
    const seen = live ? camera.seen : [];
    const facts = [camera.site, camera.words].filter(Boolean).join(" · ");
    this.drawn.once("tile", [camera, live, seen], () => {
      this.image.hidden = !live;
      this.live.hidden = !live;
      this.root.toggleAttribute("data-wrong", camera.wrong);
      this.note.textContent = live ? "" : camera.sees ? words.gettext("Waiting for a picture …") : camera.words;
      this.title.textContent = camera.title;
      this.about.textContent = facts;
      this.image.alt = `${camera.title}: ${seen.length ? seen.join(", ") : words.gettext("nobody recognised")}`;
      this.stage.setAttribute("aria-label", live ? this.image.alt : `${camera.title}: ${camera.words}`);
      const names = seen.map((name) => element("li", "", name));
      this.names.replaceChildren(...(names.length || !live ? names : [element("li", "fr-wall-nobody", words.gettext("Nobody recognised"))]));
    });
  }

  forget() {
    this.image.removeAttribute("src");
    this.image.hidden = true;
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = null;
  }
}

class Wall {
  constructor(root, data) {
    const find = (name) => root.querySelector(name);
    Object.assign(this, { root: find(".fr-wall"), data, tiles: new Map(), large: "", retry: RETRY_MS, cameras: [] });
    this.speak();
    this.state = find("[role=status]"); this.list = find(".fr-wall-tiles");
    this.empty = find(".fr-empty"); this.button = find(".fr-wall-full");
    this.button.onclick = () => this.fullScreen();
    this.looked = () => (document.hidden ? this.cut() : this.connect());
    this.filled = () => this.button.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
    document.addEventListener("visibilitychange", this.looked);
    document.addEventListener("fullscreenchange", this.filled);
    this.timer = setInterval(() => this.tick(), 1000);
    this.connect();
  }

  // Another language is spoken at once, also by what is drawn already.
  receive(data) {
    if (data.words.language === this.words.language) return;
    this.data = data;
    this.speak();
    for (const id of [...this.tiles.keys()]) this.drop(id);
    this.told({ cameras: this.cameras });
  }

  speak() {
    const words = this.words = new Words(this.data.words);
    this.root.setAttribute("aria-label", words.gettext("Live wall"));
    this.root.querySelector(".fr-wall-full").textContent = words.gettext("Full screen");
    this.root.querySelector("[role=status]").textContent = words.gettext("Connecting …");
  }

  // How a camera is comes as the server calls it, and is said as the page says it.
  inWords(camera) { return { ...camera, words: this.data.states[camera.words] ?? camera.words }; }

  connect() {
    if (this.socket || document.hidden || this.over) return;
    const way = location.protocol === "https:" ? "wss" : "ws";
    const socket = this.socket = new WebSocket(`${way}://${location.host}/seen`);
    socket.binaryType = "blob";
    socket.onmessage = ({ data }) => { if (socket === this.socket) this.hear(data); };
    socket.onclose = ({ code, reason }) => { if (socket === this.socket) this.closed(code, reason); };
  }

  async hear(data) {
    if (typeof data === "string") return void this.told(JSON.parse(data));
    const head = new TextDecoder().decode(await data.slice(0, 64).arrayBuffer());
    const name = head.slice(0, head.indexOf("\n"));
    this.tiles.get(name)?.picture(new Blob([data.slice(name.length + 1)], { type: "image/jpeg" }));
  }

  told({ cameras }) {
    this.retry = RETRY_MS;
    if (!cameras) return;
    for (const id of [...this.tiles.keys()]) if (!cameras.some((one) => one.id === id)) this.drop(id);
    for (const camera of cameras) this.tile(camera.id).show(this.inWords(camera));
    const tiles = cameras.map(({ id }) => this.tiles.get(id).root);
    if (tiles.some((one, at) => this.list.children[at] !== one)) this.list.replaceChildren(...tiles);
    this.arrange(cameras);
  }

  tile(id) {
    if (!this.tiles.has(id)) this.tiles.set(id, new WallTile(id, this.words, (name) => this.enlarge(name)));
    return this.tiles.get(id);
  }

  drop(id) {
    this.tiles.get(id).forget();
    this.tiles.get(id).root.remove();
    this.tiles.delete(id);
    if (this.large === id) this.large = "";
  }

  arrange(cameras) {
    const running = cameras.filter((one) => one.sees).length, all = cameras.length;
    const wrong = cameras.filter((one) => one.wrong).length;
    const { words } = this, told = [
      words.ngettext("{running} of {count} camera running", "{running} of {count} cameras running", all, { running: words.number(running) }),
      wrong ? words.ngettext("{count} to look after", "{count} to look after", wrong) : "",
      words.gettext("nothing is recorded"),
    ];
    this.say(all ? told.filter(Boolean).join(" · ") : "");
    this.explain(all ? "" : words.gettext("No camera is switched on"), this.data.hint);
    const shown = this.large ? 1 : all, columns = Math.ceil(Math.sqrt(shown));
    this.list.style.setProperty("--columns", Math.min(5, Math.max(1, columns)));
    this.list.style.setProperty("--rows", Math.max(1, Math.ceil(shown / Math.max(1, columns))));
    this.list.toggleAttribute("data-one", shown === 1);
    for (const [id, tile] of this.tiles) {
      tile.root.hidden = Boolean(this.large) && id !== this.large;
      tile.stage.setAttribute("aria-pressed", String(id === this.large));
    }
    this.cameras = cameras;
  }

  enlarge(id) {
    this.large = this.large === id ? "" : id;
    this.arrange(this.cameras);
  }

  fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen?.();
  }

  tick() {
    for (const tile of this.tiles.values()) tile.draw();
    if (!this.socket && !this.over && performance.now() >= (this.again ?? 0)) this.connect();
  }

  closed(code, reason) {
    const { words } = this;
    this.cut();
    if (code === OVER) {
      this.over = true;
      this.explain(words.gettext("This wall has ended"), words.gettext("You may no longer see it, or you have signed out. Reload the page to go on."));
    } else {
      this.again = performance.now() + this.retry;
      this.retry = Math.min(LONGEST_RETRY_MS, this.retry * 1.5);
      this.explain(words.gettext("No pictures now"), words.gettext("{reason} The wall goes on by itself.", { reason: code === LATER ? whyIn(words, reason) : whyIn(words, "") }));
    }
    this.say("");
  }

  // No line, and no picture that came over it.
  cut() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    for (const id of [...this.tiles.keys()]) this.drop(id);
  }

  say(words) { if (this.state.textContent !== words) this.state.textContent = words; }

  explain(title, text) {
    this.empty.hidden = !title;
    this.button.hidden = Boolean(title);
    this.empty.querySelector("h3").textContent = title;
    this.empty.querySelector("p").textContent = title ? text : "";
  }

  end() {
    this.over = true;
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.looked);
    document.removeEventListener("fullscreenchange", this.filled);
    this.cut();
  }
}

export default mounted(Wall, "setTriggerValue");
