// A live line from the server: one WebSocket that says what a screen shows, of a kiosk or of a
// registration. It comes back by itself, and one that has said nothing for a while is as good as cut.

const SILENT_S = 3;
const FIRST_RETRY_S = 0.25, LONGEST_RETRY_AWAY_S = 1, REFUSED_RETRY_S = 4;
const OPENS_WITHIN_S = 5;
const BEAT_EVERY_S = 5;
const REFUSED = [1003, 1008];

// The server's wall clock in milliseconds, by what it last said. A clock of this device that is set
// back changes nothing; one that is set forward cannot be told from a device that has slept.
class ServerClock {
  constructor() { this.set(Date.now()); }

  set(at) { Object.assign(this, { at, offset: at - Date.now(), since: performance.now() }); }

  get now() { return Math.max(Date.now() + this.offset, this.at + performance.now() - this.since); }
}

class LiveLine {
  // ``asks``: a request with the same right as the line at ``path``.
  constructor(path, asks, screen, told) {
    const way = location.protocol === "https:" ? "wss" : "ws";
    this.address = `${way}://${location.host}${path}`;
    Object.assign(this, { asks, screen, told, parts: {}, open: false, refusal: "" });
    this.clock = new ServerClock();
    this.heard = seconds(); this.retry = 0; this.wait = 0; this.beaten = -BEAT_EVERY_S;
    this.back = () => { this.wait = 0; this.retry = 0; this.tick(); };
    for (const event of ["online", "pageshow"]) window.addEventListener(event, this.back);
  }

  // Seconds since the server was last heard; 0 while it is.
  get silent() { return this.open && seconds() - this.heard < SILENT_S ? 0 : seconds() - this.heard; }

  get now() { return this.clock.now; }
  get offset() { return this.clock.offset; }

  tick() {
    const silent = seconds() - (this.open ? this.heard : this.began);
    if (this.socket && silent > (this.open ? SILENT_S : OPENS_WITHIN_S)) this.cut();
    if (!this.socket && !this.asking && seconds() >= this.wait) this.connect();
  }

  connect() {
    const socket = this.socket = new WebSocket(this.address);
    this.began = seconds();
    this.accepted = false;
    socket.onmessage = (message) => { if (socket === this.socket) this.hear(JSON.parse(message.data)); };
    socket.onclose = (event) => { if (socket === this.socket) this.closed(event.code); };
  }

  hear(message) {
    if (!this.open) this.parts = {};
    const before = this.open;
    Object.assign(this, { open: true, accepted: true, heard: seconds(), retry: 0, refusal: "" });
    const { at, ...parts } = message;
    if (at) this.clock.set(at * 1000);
    Object.assign(this.parts, parts);
    this.told(parts, !before);
  }

  cut() {
    const socket = this.socket;
    socket.onclose = null;
    socket.close();
    this.closed(1006);
  }

  closed(code) {
    this.socket = null;
    this.open = false;
    this.camera = null;
    this.retry = Math.min(LONGEST_RETRY_AWAY_S, this.retry ? this.retry * 2 : FIRST_RETRY_S);
    this.wait = seconds() + this.retry;
    if (!this.accepted || REFUSED.includes(code)) this.ask();
    this.told({}, false);
  }

  // A browser is not told why a WebSocket was refused; a request with the same right is.
  async ask() {
    this.asking = true;
    try {
      const answer = await fetch(this.asks, { method: "POST", headers: { "X-Kiosk-Screen": this.screen }, signal: AbortSignal.timeout(2000) });
      if (lapsed(answer)) return;
      if (answer.status === 403) this.refuse((await answer.text()).includes("closed") ? "closed" : "refused");
      else if (answer.status === 404) this.refuse("unknown");
    } catch { /* the server is away, which the silence says */ } finally {
      this.asking = false;
    }
  }

  refuse(why) {
    Object.assign(this, { refusal: why, heard: seconds(), wait: seconds() + REFUSED_RETRY_S });
    this.told({}, false);
  }

  // How this screen is, for the page Kiosks; at once where ``camera`` is another.
  beat(state, camera) {
    if (camera === this.camera && seconds() - this.beaten <= BEAT_EVERY_S) return;
    if (this.say({ beat: state })) Object.assign(this, { beaten: seconds(), camera });
  }

  // Whether it could be said.
  say(what) {
    if (!this.open || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(what));
    return true;
  }

  // Which way somebody goes, who was just marked.
  speak(code) { this.say({ speak: { code } }); }

  press(event, way) { this.say({ press: { event, way } }); }

  end() {
    for (const event of ["online", "pageshow"]) window.removeEventListener(event, this.back);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}
