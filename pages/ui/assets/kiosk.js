// The kiosk: one camera, two ways for its pictures, one line back, one screen.

const KNOWN_SPACING_S = 0.16, EMPTY_SPACING_S = 0.7, BADGE_SPACING_S = 0.25;  // seconds between two pictures
const PATIENCE_S = 8, DEAF_S = 4;
// While the kiosk is one of these it greets nobody.
const CLOSES = ["replaced", "closed", "hidden", "server", "refused", "unknown", "insecure"];

// Which way the pictures take: what is wished, and in "auto" WebRTC while it stands, else HTTP.
class Ways {
  constructor(wish, http, webrtc, words) {
    Object.assign(this, { wish, http, webrtc, say: words, fell: false, since: seconds() });
  }

  get current() {
    if (this.wish === "http" || this.fell) return this.http;
    return this.wish === "webrtc" || this.webrtc.connected ? this.webrtc : this.http;
  }

  get words() {
    if (this.fell) return this.say.gettext("over HTTP, as WebRTC does not connect");
    return this.current === this.http ? this.say.gettext("over HTTP") : this.say.gettext("over WebRTC");
  }

  // ``age``: of the newest picture at the server, seconds; null where there was none.
  tick(sending, age) {
    if (this.current === this.http && sending) this.http.prepare();
    if (this.wish === "http" || this.fell) return;
    this.webrtc.tick();
    if (!sending || (this.webrtc.connected && (age ?? 99) < DEAF_S)) this.since = seconds();
    if (this.wish === "auto" && seconds() - this.since > PATIENCE_S) {
      this.fell = true;
      this.webrtc.stop();
    }
  }

  // The server is there again: WebRTC is given another chance.
  wake(another) {
    Object.assign(this, { fell: false, since: seconds() });
    this.http.wake();
    this.webrtc.wake(another);
  }

  end() { this.http.end(); this.webrtc.end(); }
}

class Kiosk extends LiveScreen {
  constructor(root, data) {
    const around = root.querySelector(".k-frame"), blank = around.cloneNode(true);
    super(root.querySelector(".fr-kiosk"), data);
    Object.assign(this, { outer: root, around, blank });
    this.pictures = [];
    this.label();
    this.screen = new Screen(this.root, this.words, this.troubles);
    this.choice = new Choice(this.root.querySelector(".k-choice"), this.words, (event, way) => this.line.press(event, way));
    this.turn = new TurnCard(this.root, this.words, (nonce) => this.line.say({ turn: { nonce } }));
    this.badge = new BadgeCard(this.root, this.words, (what) => this.line.say?.(what) ?? false);
    this.mine = new MyPage(this.root, this.words, (what) => this.line.say?.(what) ?? false);
    this.tools = new Tools(this.root, this.words, () => this.layout(), (code) => this.line.speak(code));
    this.fit = () => this.layout();
    window.addEventListener("resize", this.fit);
    this.offline = new OfflineKeeper(this.root, this);
    this.installed = new Installed(data.kiosk);
    this.begin();
    navigator.getBattery?.().then((battery) => { this.battery = battery; }).catch(() => {});
  }

  // Language and direction of all that is said, and what only a screen reader says.
  label() {
    const { root, words, around } = this, { documentElement } = document;
    this.before = documentElement.lang;
    documentElement.lang = around.lang = words.language;
    documentElement.dataset.dir = around.dir = words.direction;
    const names = {
      ".k-panel": words.gettext("Attendance"), ".k-list": words.gettext("Today's marks"),
      ".fr-cameras": words.gettext("Choose camera"), ".k-choice": words.gettext("Which way do you go?"),
    };
    Object.entries(names).forEach(([part, name]) => root.querySelector(part).setAttribute("aria-label", name));
    sayTrouble(root.querySelector(".fr-camera"), "connecting", this.troubles.connecting);
  }

  get needs() { return ["kiosk", "screen", "transport"]; }
  get way() { return this.ways.current; }

  // Another language is drawn from the start, in the same page: a new one would not be full screen.
  receive(data, report) {
    if (data.words && data.words.language !== this.words.language) return this.anew(data, report);
    super.receive(data, report);
    this.around.toggleAttribute("data-pin", Boolean(data.pin));
  }

  anew(data, report) {
    this.end();
    this.around.replaceWith(this.blank);
    this.outer.live = new Kiosk(this.outer, data);
    this.outer.live.receive(data, report);
  }

  connect() {
    const { kiosk, screen, transport, labels } = this.data;
    const url = `/frames?${new URLSearchParams({ kiosk })}`;
    this.ways = new Ways(transport, new HttpSender(url, screen), new WebRtcSender(labels), this.words);
    const [line, asks] = [`/live?${new URLSearchParams({ kiosk, screen })}`, url.replace("?", "/start?")];
    this.line = new LiveLine(line, asks, screen, (parts, back) => this.told(parts, back));
    this.line.connect();
  }

  disconnect() { this.ways.end(); this.line.end(); }

  heard(parts) {
    if (parts.offline || parts.site) this.offline.told(this.line.parts).catch(() => {});
    if (parts.site) this.dress(parts.site);
    if (parts.banners) this.tools.hear(parts.banners);
    this.changed();
  }

  dress(site) {
    this.tools.follow(site);
    this.installed.follow(site);
  }

  resized() { this.layout(); super.resized(); }

  // Its hours decide whether PINs are offered, which is the page's own affair. A page that is drawn
  // while the database is away shows only that, so this waits.
  changed() {
    const { state } = this.line.parts;
    if (state?.away || (!state && !this.line.refusal)) return;
    const now = this.line.refusal === "closed" || state?.closed ? "closed" : "open";
    if (this.known && this.known !== now) this.report("changed", now);
    this.known = now;
    const language = this.line.parts.site?.language;
    if (!language || language === this.words.language || this.asked === language) return;
    this.asked = language;
    this.report("changed", `${language} ${performance.now()}`);  // chosen again, it is another wish
  }

  // The line is back; a server that has started again knows the video of before no more.
  returned() {
    const server = this.line.parts.state?.server, another = server !== this.was;
    if (this.was && (another || this.away > SAID_AFTER_S)) this.ways.wake(another);
    if (another) this.installed.look();
    this.was = server ?? true;
    this.away = 0;
  }

  // --- pictures out

  get sending() {
    const state = this.line.parts.state ?? {};
    return !document.hidden && !state.replaced && !state.closed && !state.camera && !this.line.refusal && this.camera.live;
  }

  get spacing() {
    const faces = this.line.parts.scene?.faces ?? [];
    if (this.badge.looking) return BADGE_SPACING_S;
    if (!faces.length && !this.presence.moving) return EMPTY_SPACING_S;
    const known = faces.length && faces.every((face) => ["marked", "already"].includes(face.mood) && !face.problem);
    return known ? KNOWN_SPACING_S : SPACING_S;
  }

  send(way) {
    this.pictures = [...this.pictures.filter((at) => this.sent - at < 5), this.sent];
    super.send(way);
  }

  // --- how it is

  tick() {
    const { parts } = this.line;
    this.camera.want(this.takes);
    this.camera.tick();
    this.line.tick();
    this.away = Math.max(this.away ?? 0, this.line.silent);
    this.ways.tick(this.sending && !this.line.silent, parts.stats?.frame_age);
    this.layout();
    this.show();
    this.line.beat(this.beat(), this.camera.facts.device);
    this.offline.tick();
  }

  // Whether it takes attendance at this hour.
  get takes() { return !this.line.parts.state?.closed && this.line.refusal !== "closed"; }

  get state() {
    const told = this.line.parts.state ?? {};
    if (!this.camera.usable) return "insecure";
    if (told.replaced || this.ways.http.trouble === "replaced") return "replaced";
    if (this.line.refusal) return this.line.refusal;
    if (told.closed) return "closed";
    if (this.line.silent > SAID_AFTER_S) return "server";
    if (document.hidden) return "hidden";
    if (this.camera.state) return this.camera.state;
    if (told.camera) return told.camera === "other" ? "othercamera" : "connecting";
    return told.model === false ? "model" : this.way.trouble;
  }

  show() {
    super.show();
    const { state, line } = this;
    const silent = state === "server" ? line.silent : state === "stalled" ? seconds() - this.camera.moved : 0;
    this.screen.show(line.parts, state, silent, this.presence);
    this.choice.show(CLOSES.includes(state) ? null : line.parts.choice, line.parts.banners?.length > 1);
    this.badge.show(CLOSES.includes(state) || line.silent ? null : line.parts.badge);
    this.mine.show(state || line.silent || line.parts.badge?.phase ? null : line.parts.mine);
    if (this.ways.http) this.ways.http.fine = this.badge.looking;
    this.turn.show(CLOSES.includes(state) || state ? null : line.parts.challenge, this.data.pin);
    this.screen.tick(line.now, line.parts.site);
    this.screen.figures(line.parts.stats, this.ways.words);
  }

  beat() {
    return {
      transport: this.way === this.ways.http ? "http" : "webrtc",
      camera: this.camera.label.slice(0, 80), rate: Math.round(this.pictures.length * 2) / 10,
      dark: this.camera.live && this.presence.dark, battery: this.battery?.level ?? null,
      state: this.state || "ok", version: this.data.version ?? "",
      // A server of before this knows no such fields, and no such state.
      ..."camera" in (this.line.parts.state ?? {}) ? this.camera.facts : {},
    };
  }

  // The kiosk takes the window's height that is left; in full screen, all of it.
  layout() {
    const full = this.tools.fills;
    const scrolled = document.querySelector('[data-testid="stMain"]')?.scrollTop ?? 0;
    const top = this.around.getBoundingClientRect().top + scrolled;
    const least = this.around.clientWidth < 360 ? 560 : 440;  // else words have no room under the picture
    const height = full ? window.innerHeight : Math.max(least, Math.floor(window.innerHeight - top - 14));
    if (height !== this.height) this.around.style.height = `${this.height = height}px`;
    this.corner();
  }

  // Where the words end, for the PIN's button, which is Streamlit's.
  corner() {
    const box = this.around.closest(".st-key-kiosk");
    if (!box) return;
    const [all, tools] = [box, this.root.querySelector(".fr-tools")].map((one) => one.getBoundingClientRect());
    const aside = this.words.direction === "rtl" ? tools.left - all.left : all.right - tools.right;
    const button = box.querySelector(".st-key-kiosk_pin button")?.offsetWidth ?? 0;
    const place = [`${Math.round(aside)}px`, `${Math.round(all.bottom - tools.bottom)}px`, `${button + 8}px`];
    if (place.join() === this.cornered) return;
    this.cornered = place.join();
    box.style.setProperty("--k-right", place[0]);
    box.style.setProperty("--k-bottom", place[1]);
    box.style.setProperty("--k-pin", place[2]);
  }

  end() {
    super.end();
    document.documentElement.lang = this.before;
    delete document.documentElement.dataset.dir;
    window.removeEventListener("resize", this.fit);
    this.tools.end();
    this.choice.end();
    this.offline.end();
    this.installed.end();
  }
}

export default mounted(Kiosk, "setStateValue");
