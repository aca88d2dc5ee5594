// What lets a tablet keep this kiosk as an app: its manifest and icons, and the worker that opens its
// page while the server is away. Where the browser has none (no secure context), nothing happens.

const WORKER = "/kiosk/worker.js";
const LOOKED_FOR_EVERY_MS = 3600000;  // a kiosk's page stays open for weeks

class Installed {
  constructor(kiosk) {
    this.theme = this.meta("theme-color", "");
    this.title = this.meta("apple-mobile-web-app-title", "");
    this.made = [
      this.link("manifest", `/kiosk/app.webmanifest?${new URLSearchParams({ kiosk })}`),
      this.link("apple-touch-icon", "/kiosk/icons/apple-180.png"),
      this.meta("mobile-web-app-capable", "yes"), this.theme, this.title,
    ];
    document.head.append(...this.made);
    navigator.serviceWorker?.register(WORKER, { scope: location.pathname, updateViaCache: "none" })
      .then((registration) => this.watch(registration)).catch(() => {});
  }

  link(rel, href) { return Object.assign(document.createElement("link"), { rel, href }); }

  meta(name, content) { return Object.assign(document.createElement("meta"), { name, content }); }

  watch(registration) {
    this.registration = registration;
    if (!this.ended) this.timer = setInterval(() => this.look(), LOOKED_FOR_EVERY_MS);
  }

  // Whether the server has another version by now, as it may have after each start.
  look() { this.registration?.update().catch(() => {}); }

  follow({ title, accent }) { this.theme.content = accent; this.title.content = title; }

  end() {
    this.ended = true;
    clearInterval(this.timer);
    this.made.forEach((one) => one.remove());
  }
}
