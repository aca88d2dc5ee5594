// The kiosk's screen without a server that could draw its page: the worker shows it (kiosk_worker.js)
// where a browser or tablet starts while the server is away. It is the kiosk's own screen with a line
// that is silent, and makes way for the page as soon as that answers.

const PROBE_EVERY_S = 2, PROBE_WITHIN_MS = 2000;
const NO_WAY = { ready: false, trouble: "" };
const NO_WAYS = { current: NO_WAY, http: NO_WAY, words: "", tick() {}, wake() {}, end() {} };

// Stands where the live line stands, and asks whether the page is there again.
class SilentLine {
  constructor() {
    Object.assign(this, { parts: {}, open: false, refusal: "", clock: new ServerClock(), began: seconds(), probed: seconds() });
    this.soon = () => { this.probed = -PROBE_EVERY_S; };
    ["online", "pageshow"].forEach((event) => window.addEventListener(event, this.soon));
  }

  // The worker has waited for an answer before it showed this.
  get silent() { return AWAY_FOR_S + seconds() - this.began; }

  get now() { return this.clock.now; }

  tick() { if (!this.probing && seconds() - this.probed >= PROBE_EVERY_S) this.probe(); }

  async probe() {
    Object.assign(this, { probing: true, probed: seconds() });
    const asks = { method: "HEAD", cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PROBE_WITHIN_MS) };
    try {
      this.answered = answered(await fetch(location.href, asks));
    } catch { /* not yet */ } finally {
      this.probing = false;
    }
  }

  beat() {}

  end() { ["online", "pageshow"].forEach((event) => window.removeEventListener(event, this.soon)); }
}

class AwayKiosk extends Kiosk {
  connect() {
    this.ways = NO_WAYS;
    this.line = new SilentLine();
    this.offline.recall().then((screen) => this.remember(screen)).catch(() => this.remember());
  }

  // What the line said last. Of a kiosk that never had one the page can say that the server is away,
  // and no more: nothing can be sealed.
  remember(screen) {
    const { site = {}, offset = 0, heard = 0 } = screen ?? {};
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    // A device that has lost the time would be before the moment at which it last heard the server.
    this.line.clock.set(Math.max(Date.now() + offset, heard));
    this.line.parts.site = { zone: timeZone, ...site };
    document.title = site.title ?? this.words.gettext("Attendance");
    if (screen) this.installed.follow(site);
    else document.documentElement.setAttribute("data-unknown", "");
  }

  get takes() { return super.takes && Boolean(this.offline.key); }

  tick() {
    if (this.offline.key) this.line.parts.state = { closed: !this.offline.open };
    super.tick();
    if (this.line.answered && !this.offline.keeping && !this.left) {
      this.left = true;
      location.reload();
    }
  }
}

// In the language of before; where the kiosk never was open here, in the site's (AWAY_WORDS).
async function begin() {
  const kiosk = new URLSearchParams(location.search).get("kiosk") ?? MAIN_KIOSK;
  const known = await new StillStore(() => {}).read(["screens"], kiosk).catch(() => []);
  new AwayKiosk(document.body, { kiosk, words: known[0]?.words ?? AWAY_WORDS });
}

begin();
