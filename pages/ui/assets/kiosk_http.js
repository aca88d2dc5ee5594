// Sends pictures as JPEGs over plain HTTP, one after another. Each spends a number that the answer
// before it brought.

const ANSWER_WITHIN_MS = 10000;
const LONGEST_PAUSE_S = 5, LONGEST_AWAY_S = 0.5;
// From a good connection to a bad one: pixels of the longer side, and JPEG quality.
const QUALITIES = [[640, 0.8], [512, 0.7], [400, 0.6], [320, 0.5]];
const FINE = [960, 0.8];  // of a code that is to be read, for seconds
const SLOW_S = 0.3, QUICK_S = 0.1, CALM_S = 10, WORTH_TWO_S = 0.06;
const MEANING = {
  401: "server", 403: "refused", 404: "unknown", 408: "server", 409: "replaced", 413: "",
  502: "server", 503: "server", 504: "server",
};

// How good the connection is, learnt from the answers: the server's own time is not its fault.
class Connection {
  constructor(best) { this.qualities = best ? [best, ...QUALITIES] : QUALITIES; this.level = 0; this.network = null; this.judged = seconds(); }

  learn(network) {
    this.network = this.network === null ? network : 0.8 * this.network + 0.2 * network;
    const since = seconds() - this.judged;
    if (this.network > SLOW_S && since > 2) this.turn(1);
    if (this.network < QUICK_S && since > CALM_S) this.turn(-1);
  }

  turn(by) {
    this.level = Math.max(0, Math.min(this.qualities.length - 1, this.level + by));
    this.judged = seconds();
  }

  // A second picture on the way pays where the way is long.
  get most() { return this.network > WORTH_TWO_S ? 2 : 1; }
}

// ``trouble`` is a key of the screen's troubles; empty once the server has taken a picture.
class HttpSender {
  // ``best``: longer side and quality on a good connection, where the usual are not enough.
  constructor(url, screen, best) {
    Object.assign(this, { url, screen, trouble: "connecting", numbers: [], flying: 0, next: 0, failures: 0 });
    this.connection = new Connection(best);
    this.film = document.createElement("canvas");
  }

  get ready() { return !this.starting && this.flying < this.connection.most && seconds() >= this.next; }

  // Fetches the first numbers while the camera opens.
  prepare() { if (!this.numbers.length && !this.flying && this.ready) this.begin(); }

  async send(video) {
    if (!this.numbers.length) return void this.prepare();
    const number = this.numbers.shift();
    this.flying += 1;
    try {
      const body = await this.picture(video);
      const began = seconds();
      const answer = await this.post(this.url, { "Content-Type": "image/jpeg", "X-Kiosk-Number": number }, body);
      if (!answer) return;
      const told = await answer.json();
      this.numbers.push(told.number);
      this.connection.learn(Math.max(0, seconds() - began - told.took));
      Object.assign(this, { failures: 0, trouble: "" });
    } catch {
      this.fail("server");
    } finally {
      this.flying -= 1;
    }
  }

  // What was lost on the way, or forgotten by a server that started again, begins a new series.
  async begin() {
    this.starting = true;
    try {
      const answer = await this.post(this.url.replace("?", "/start?"), {});
      if (answer) this.numbers = (await answer.json()).numbers;
    } catch {
      this.fail("server");
    } finally {
      this.starting = false;
    }
  }

  async post(url, more, body) {
    const headers = { "X-Kiosk-Screen": this.screen, ...more };
    const answer = await fetch(url, { method: "POST", body, headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (answer.ok && !answer.redirected) return answer;
    this.refused(lapsed(answer) ? 401 : answer.status);
    return null;
  }

  picture(video) {
    const { qualities, level } = this.connection, [side, quality] = this.fine ? FINE : qualities[level];
    copyPicture(this.film, video, side);
    return jpegOf(this.film, quality);
  }

  refused(status) {
    if (status === 429) { this.next = seconds() + 0.3; return; }
    if (status === 428) { this.numbers = []; return; }
    if (status === 413) this.connection.turn(1);
    this.fail(MEANING[status] ?? "refused");
  }

  fail(trouble) {
    this.failures += 1;
    if (this.failures > 1 || trouble !== "server") this.trouble = trouble;
    const longest = trouble === "server" ? LONGEST_AWAY_S : LONGEST_PAUSE_S;
    this.next = seconds() + Math.min(longest, 0.125 * 2 ** this.failures);
  }

  // The server is there again: what failed before says nothing any more.
  wake() { Object.assign(this, { next: 0, failures: 0, trouble: "connecting" }); }

  end() {}
}
