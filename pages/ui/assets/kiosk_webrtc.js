// Sends the same pictures over WebRTC. streamlit-webrtc makes the connection in a hidden iframe of
// the same origin; it is given our own canvas instead of a camera, so that one camera serves both
// ways and each picture goes when we say so. Its button is pressed here, at most once a second.

const IFRAME = 'iframe[src*="streamlit_webrtc"]';
const SIGNALLING_PATIENCE_S = 10;
const LONGEST_RETRY_S = 15;
const UNREACHABLE_S = 8;
// kbit/s, in the words that Chromium takes. The receiver tells the browser how much it may send by
// what it sends: a kiosk that sends a picture a second with nobody there would be held at 30 kbit/s,
// and whoever then comes is a blur for half a second.
const RATES = "x-google-min-bitrate=800;x-google-start-bitrate=1500;x-google-max-bitrate=2500";

const withRates = (sdp) => sdp.replace(/^a=rtpmap:(\d+) (?:VP8|VP9|H264|AV1)\/90000\r?\n/gm, `$&a=fmtp:$1 ${RATES}\r\n`);

class WebRtcSender {
  constructor(labels) {
    Object.assign(this, { labels, tracks: [], since: seconds(), wait: 0, pause: 0, phase: "" });
    this.film = document.createElement("canvas");
    [this.film.width, this.film.height] = [640, 480];
    this.film.getContext("2d").fillRect(0, 0, 640, 480);
  }

  get connected() { return this.peer?.connectionState === "connected"; }
  get ready() { return this.connected; }

  get trouble() {
    if (this.connected) { this.lost = 0; return ""; }
    this.lost ||= seconds();
    return seconds() - this.lost > UNREACHABLE_S ? "unreachable" : "connecting";
  }

  // Keeps the connection up; to be called several times a second while it is wished.
  tick() {
    const page = document.querySelector(IFRAME)?.contentWindow;
    if (!page?.document?.body || !page.navigator.mediaDevices) return;
    if (page.faceRecFilm !== this.film) this.lend(page);
    const stop = this.button(page, "stop"), phase = stop ? "on" : "off";
    if (phase !== this.phase || stop?.disabled) Object.assign(this, { phase, since: seconds() });
    if (!stop) this.stale = false;
    if (!stop) this.start(page);
    else if (this.stale || (!this.connected && seconds() - this.since > SIGNALLING_PATIENCE_S)) this.stop();
  }

  // The iframe asks for a camera and makes a peer: it gets our canvas, and we learn how it fares.
  lend(page) {
    page.faceRecFilm = this.film;
    this.peer = null;
    page.navigator.mediaDevices.getUserMedia = async () => {
      const stream = this.film.captureStream(0);
      this.tracks = stream.getVideoTracks();
      return stream;
    };
    const Peer = page.RTCPeerConnection;
    const sender = this;
    page.RTCPeerConnection = class extends Peer {
      constructor(...args) { super(...args); sender.peer = this; }
      setRemoteDescription({ type, sdp }) { return super.setRemoteDescription({ type, sdp: withRates(sdp) }); }
    };
  }

  button(page, part) {
    return [...page.document.querySelectorAll("button")].find((one) => one.textContent === this.labels[part]);
  }

  start(page) {
    const button = this.button(page, "start");
    if (!button || button.disabled || seconds() < this.wait) return;
    this.pause = Math.min(LONGEST_RETRY_S, this.pause ? this.pause * 2 : 1);
    this.wait = seconds() + this.pause;
    button.click();
  }

  stop() {
    const page = document.querySelector(IFRAME)?.contentWindow;
    if (page) this.button(page, "stop")?.click();
    this.since = seconds();
  }

  send(video) {
    this.pause = 0;
    copyPicture(this.film, video, 640);
    for (const track of this.tracks) track.requestFrame();
  }

  prepare() {}

  // The server is there again: what hangs is begun anew at once, and what was begun with another
  // one, which the browser may still call connected. Its button works once Streamlit's
  // own connection is back, up to some seconds later.
  wake(another) {
    Object.assign(this, { wait: 0, pause: 0 });
    this.stale = another || !this.connected;
  }

  end() { this.stop(); }
}
