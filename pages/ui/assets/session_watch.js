// Asks now and then whether this browser is still signed in. When it is not, a curtain falls
// (curtain.js), and a kiosk leaves for the sign-in page; a page that was drawn under other rights
// is loaded anew. A kiosk proves its key every minute, and at
// once when its proof has lapsed: after a sleep, or when the server started again. For it this is
// the sign of life as well. A network that is away says nothing; a server that knows the device no
// more and whose database is away sends the kiosk to its first page, which says so and waits.

const EVERY = 4000;
const PROVE_EVERY = 60000;

const session = () => fetch("/session", { credentials: "same-origin", cache: "no-store" });

async function nobody() {
  return (await session()).status === 401;
}

const later = (wait, ask) => new Promise((done) => setTimeout(done, wait)).then(ask);

class Watch {
  constructor() {
    this.proved = Date.now();
    this.lapsed = () => this.look();
    window.addEventListener("face-rec-lapsed", this.lapsed);
    this.look();
    this.timer = setInterval(() => this.look(), EVERY);
  }

  async look() {
    if (this.busy) return;
    this.busy = true;
    let lapsed = false;
    try {
      if (this.kiosk && Date.now() - this.proved > PROVE_EVERY) await this.prove();
      const answer = await session();
      if (this.kiosk && answer.headers.get("X-Waits-For") === "database") return this.wait();
      if (answer.status !== 401) {
        this.back(answer.headers.get("X-Signed-In"));
        await this.compare(answer);
        return;
      }
      lapsed = true;
      if (this.kiosk && await this.prove()) return;
      // Twice: in this moment another tab may be given a new cookie for the same session.
      if (await later(1000, nobody)) this.ended();
    } catch (error) {
      // Else the server or the network is away; the page says so itself.
      if (error.message === "database" && lapsed) this.wait();
    } finally {
      this.busy = false;
    }
  }

  ended() {
    if (this.kiosk || this.own) return this.leave();
    if (this.curtain) return this.curtain.wait();
    this.curtain = new Curtain(() => this.leave());
  }

  back(who) {
    if (!who) return;
    if (this.who && who !== this.who) return window.location.reload();
    this.who = who;
    this.lift();
  }

  // Rights or groups are not those under which this page was drawn, and it has not drawn itself
  // anew meanwhile: nothing of before stays on the screen.
  async compare(answer) {
    if (!this.other(answer) || !this.other(await later(1500, session))) return;
    const here = await fetch(location.href, { headers: { accept: "text/html" } });
    if (here.ok) window.location.reload();
    else window.location.assign("/");
  }

  other(answer) {
    const now = answer.headers.get("X-Standing");
    return Boolean(this.standing && now && now !== this.standing);
  }

  lift() {
    this.curtain?.lift();
    this.curtain = undefined;
  }

  wait() {
    const here = location.pathname + location.search;
    window.location.assign(`/kiosk/start?next=${encodeURIComponent(here)}`);
  }

  leave() {
    window.location.assign(this.own ? "/my?note=ended" : `/login?note=${this.note}`);
  }

  async prove() {
    const good = await proveDevice() === "ok";
    if (good) this.proved = Date.now();
    return good;
  }
}

export default function (component) {
  const { parentElement, data } = component;
  parentElement.watch ??= new Watch();
  const { note, standing } = data;
  Object.assign(parentElement.watch, { note, standing, kiosk: note === "kiosk", own: note === "own" });
  return () => {
    clearInterval(parentElement.watch?.timer);
    parentElement.watch?.lift();
    window.removeEventListener("face-rec-lapsed", parentElement.watch?.lapsed);
    parentElement.watch = undefined;
  };
}
