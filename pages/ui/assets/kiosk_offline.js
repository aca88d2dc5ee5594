// While the server is away: stills are kept on this device, each with its time, and handed over one
// by one when the server is back. They lie in IndexedDB, sealed (AES-256-GCM) with a key that the
// server gave this kiosk over its line; here it can seal and never open. "Saved" is said when the
// device has it, and an entry goes only when the server has said what became of it. What was kept
// first is kept on where there is no room for more.

const OFFLINE_DB = "face-attendance-offline";  // kiosk_key.js erases it on a device that is revoked
const AWAY_FOR_S = 3, AUTO_EVERY_S = 3, SAVED_SHOWN_S = 5, REFUSED_SHOWN_S = 120;
const AUTO_SHARE = 0.8;  // of the room; the rest is for whoever presses the button
const REMEMBERED_EVERY_S = 60;
const KEPT_HOURS = 72;  // until the server has said how long
const STILL_SIDE = 960, STILL_QUALITY = 0.85;
const STORES = ["notes", "stills", "keys", "screens"];
const NEVER_TAKEN = [400, 413, 415];

const settled = (request) => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});

// What is kept: sealed stills, and beside them a note of each: kiosk, time, size, and by how much
// this device's clock was taken to be wrong.
class StillStore {
  constructor(changed) { Object.assign(this, { changed, notes: [] }); }

  async open() {
    if (this.base) return this.base;
    const opening = indexedDB.open(OFFLINE_DB, 2);
    opening.onupgradeneeded = () => STORES.forEach((name) => opening.result.objectStoreNames.contains(name) || opening.result.createObjectStore(name));
    const base = await settled(opening);
    base.onversionchange = base.onclose = () => { base.close(); this.base = null; this.notes = []; this.changed(); };
    this.base = base;
    return base;
  }

  async load() {
    const base = await this.open();
    this.notes = await settled(base.transaction("notes").objectStore("notes").getAll());
    this.changed();
  }

  async write(names, use) {
    const base = await this.open();
    const turn = base.transaction(names, "readwrite", { durability: "strict" });
    use(...names.map((name) => turn.objectStore(name)));
    await new Promise((done, fail) => { turn.oncomplete = done; turn.onabort = turn.onerror = ({ target }) => fail(turn.error ?? target.error); });
    this.changed();
  }

  async keep(note, sealed) {
    await this.write(["notes", "stills"], (notes, stills) => { notes.put(note, note.entry); stills.put(sealed, note.entry); });
    this.notes.push(note);
    this.changed();
  }

  async drop(entries) {
    if (!entries.length) return;
    await this.write(["notes", "stills"], (...both) => both.forEach((one) => entries.forEach((entry) => one.delete(entry))));
    this.notes = this.notes.filter((note) => !entries.includes(note.entry));
    this.changed();
  }

  // What lies under ``entry`` in each of the stores ``names``.
  async read(names, entry) {
    const turn = (await this.open()).transaction(names);
    return Promise.all(names.map((name) => settled(turn.objectStore(name).get(entry))));
  }

  async still(entry) { return (await this.read(["stills"], entry))[0]; }

  get size() { return this.notes.reduce((sum, note) => sum + note.size, 0); }
}

class OfflineKeeper {
  constructor(root, kiosk) {
    Object.assign(this, { kiosk, words: kiosk.words, wait: 0, kept: -AUTO_EVERY_S, spoken: "", until: 0, refused: 0, expired: 0, refusedAt: -REFUSED_SHOWN_S });
    this.box = root.querySelector(".k-offline");
    this.button = this.box.querySelector("button");
    this.said = this.box.querySelector("b");
    this.button.textContent = this.words.gettext("Tap to be noted");
    this.full = this.words.gettext("This device is full. Ask the office to note you.");
    this.line = root.querySelector(".k-kept");
    this.root = root;
    // Streamlit's own dialog about the lost connection makes all beside it inert, and swallows
    // clicks there; it is not shown here (kiosk_screen.css), and clicks are taken on the window.
    this.gone = new AbortController();
    const first = { capture: true, signal: this.gone.signal };
    window.addEventListener("click", (event) => this.button.contains(event.target) && this.keep(true), first);
    this.inert = new MutationObserver(() => this.revive());
    this.inert.observe(document.body, { attributes: true, attributeFilter: ["inert", "aria-hidden"], subtree: true });
    this.store = new StillStore(() => this.show());
    this.store.load().catch(() => {});
  }

  // How much may be kept and the key for it; and, with the site's name, look and language, what a page that
  // opens without a server has to know (kiosk_away.js).
  async told({ offline, site }) {
    if (!offline?.key || !crypto.subtle) return;
    const { key, ...limits } = offline;
    this.limits = limits;
    if (key !== this.given) this.imported = this.import(this.given = key);
    this.key = await this.imported;
    await this.remember(site);
    navigator.storage?.persist?.().catch(() => {});
  }

  // ``heard``: the server's time now. A clock that is put right meanwhile changes the offset.
  async remember(site) {
    const { line, data: { kiosk } } = this.kiosk;
    const screen = { site, limits: this.limits, offset: line.offset, heard: line.now, words: this.kiosk.data.words };
    this.remembered = seconds();
    await this.store.write(["keys", "screens"], (keys, screens) => { keys.put(this.key, kiosk); screens.put(screen, kiosk); });
  }

  import(key) {
    const raw = Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0));
    return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
  }

  // What was told last, on a page that has no line; nothing where this kiosk never was open here.
  async recall() {
    const [key, screen] = await this.store.read(["keys", "screens"], this.kiosk.data.kiosk);
    if (key && screen) Object.assign(this, { key, limits: screen.limits });
    return screen;
  }

  get own() { return this.store.notes.filter((note) => note.kiosk === this.kiosk.data.kiosk); }

  // Whether the server is away, and this screen took attendance before.
  get away() {
    const { kiosk } = this;
    return Boolean(this.key) && kiosk.state === "server" && kiosk.line.silent > AWAY_FOR_S && kiosk.camera.live && this.open;
  }

  // Whether the server takes stills now: it does so outside the kiosk's hours, too.
  get back() {
    const { line } = this.kiosk;
    return line.open ? !line.silent : line.refusal === "closed";
  }

  // Within the kiosk's hours, in the site's zone.
  get open() {
    const { opens, closes } = this.limits;
    if (opens === closes) return true;
    const now = minutesOfDay(this.kiosk.line.now, this.kiosk.line.parts.site?.zone);
    return opens < closes ? opens <= now && now < closes : now >= opens || now < closes;
  }

  filled(share) {
    const { stills, bytes } = this.limits;
    return this.store.notes.length >= stills * share || this.store.size >= bytes * share;
  }

  tick() {
    const { kiosk } = this, now = seconds();
    if (this.away && kiosk.presence.moving && !kiosk.presence.dark && now - this.kept > AUTO_EVERY_S) this.keep(false);
    if (this.back && this.own.length && !kiosk.line.parts.state?.replaced) this.handOver();
    if (kiosk.line.open && this.key && !this.ended && now - this.remembered > REMEMBERED_EVERY_S) this.remember(kiosk.line.parts.site).catch(() => {});
    this.show();
  }

  // --- keeping

  async keep(deliberate) {
    if (this.keeping) return;
    if (this.filled(deliberate ? 1 : AUTO_SHARE)) return void (deliberate && this.say(this.full));
    this.keeping = true;
    this.kept = seconds();
    try {
      const at = Math.round(this.kiosk.line.now);
      await this.store.keep(...await this.sealed(at, await this.picture()));
      this.say(this.words.gettext("Saved on this device at {time}", { time: this.time(at) }));
    } catch (error) {
      this.say(error?.name === "QuotaExceededError" ? this.full : this.words.gettext("This device cannot save a picture. Ask the office to note you."));
    } finally {
      this.keeping = false;
    }
  }

  picture() {
    const film = document.createElement("canvas");
    copyPicture(film, this.kiosk.video, STILL_SIDE);
    return jpegOf(film, STILL_QUALITY);
  }

  async sealed(at, blob) {
    const { kiosk } = this.kiosk.data;
    const entry = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const additionalData = new TextEncoder().encode(`${kiosk}|${entry}|${at}`);
    const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, this.key, await blob.arrayBuffer());
    const sealed = new Uint8Array(iv.length + body.byteLength);
    sealed.set(iv);
    sealed.set(new Uint8Array(body), iv.length);
    return [{ entry, kiosk, at, size: sealed.length, offset: at - Date.now() }, sealed];
  }

  // --- handing over: one screen of this browser at a time, the oldest first

  async handOver() {
    if (this.handing || seconds() < this.wait) return;
    this.handing = true;
    const work = async (lock) => { if (lock !== null) await this.all(); };
    try {
      await (navigator.locks ? navigator.locks.request(OFFLINE_DB, { ifAvailable: true }, work) : work());
    } catch {
      this.wait = seconds() + 1;
    } finally {
      this.handing = false;
    }
  }

  async all() {
    await this.store.load();
    const oldest = this.kiosk.line.now - (this.limits?.hours ?? KEPT_HOURS) * 3600000;
    const old = this.own.filter((note) => note.at < oldest).map((note) => note.entry);
    await this.store.drop(old);
    this.count(old.length);
    for (const note of this.own.sort((one, other) => one.at - other.at)) {
      if (this.ended || !await this.one(note)) return;
    }
  }

  // Whether to go on with the next one.
  async one(note) {
    const { entry, kiosk, at } = note, body = await this.store.still(entry);
    const headers = { "Content-Type": "application/octet-stream", "X-Still": entry, "X-Still-At": String(at), "X-Still-Moved": String(this.moved(note)) };
    const answer = body && await fetch(`/offline?${new URLSearchParams({ kiosk })}`, { method: "POST", body, headers, signal: AbortSignal.timeout(20000) });
    if (answer && !NEVER_TAKEN.includes(answer.status) && (!answer.ok || answer.redirected)) {
      lapsed(answer);
      this.wait = seconds() + 1 + 2 * Math.random();
      return false;
    }
    const taken = answer?.ok && (await answer.json()).became !== "refused";
    await this.store.drop([entry]);
    this.count(taken ? 0 : 1);
    return true;
  }

  // What is to be added to its time, as this device's clock was set in between, in milliseconds.
  moved({ offset }) { return offset === undefined ? 0 : Math.round(this.kiosk.line.offset - offset); }

  count(refused) {
    if (!refused) return;
    this.refused = seconds() - this.refusedAt < REFUSED_SHOWN_S ? this.refused + refused : refused;
    this.refusedAt = seconds();
  }

  revive() {
    if (!this.root.hasAttribute("data-offline")) return;
    for (let one = this.root; one; one = one.parentElement) {
      if (one.inert) one.inert = false;
      if (one.ariaHidden === "true") one.ariaHidden = null;
    }
  }

  // --- what is said

  time(at) { return this.words.time(at, this.kiosk.line.parts.site?.zone); }

  say(spoken) {
    Object.assign(this, { spoken, until: seconds() + SAVED_SHOWN_S });
    this.show();
  }

  show() {
    const away = this.away, now = seconds();
    if (this.root.hasAttribute("data-offline") !== away) {
      this.root.toggleAttribute("data-offline", away);
      document.documentElement.classList.toggle("fr-away", away);
      this.revive();
    }
    this.box.hidden = !away;
    this.text(this.said, now < this.until ? this.spoken : this.words.gettext("Look at the camera, then tap"));
    this.text(this.line, this.summary(now));
    this.line.hidden = !this.line.textContent;
  }

  summary(now) {
    const { words, own: { length } } = this;
    if (length && this.back) return words.ngettext("Handing over {count} picture saved on this device …", "Handing over {count} pictures saved on this device …", length);
    if (length) return words.ngettext("{count} picture saved on this device, until the server is back.", "{count} pictures saved on this device, until the server is back.", length);
    if (!this.refused || now - this.refusedAt >= REFUSED_SHOWN_S) return "";
    return words.ngettext("{count} saved on this device could not be taken: the office finds it counted under Kiosks.", "{count} saved on this device could not be taken: the office finds them counted under Kiosks.", this.refused);
  }

  text(node, words) { if (node.textContent !== words) node.textContent = words; }

  end() {
    this.ended = true;
    this.gone.abort();
    this.inert.disconnect();
    document.documentElement.classList.remove("fr-away");
    this.store.base?.close();
  }
}
