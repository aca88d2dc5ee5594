// What the kiosk says beside its picture: a clock while nobody is there, greetings, what is wrong,
// today's marks, and one quiet line of figures. Everything from the server is set as text.

const DIM_AFTER_S = 180;
const ASKS = "Look at the camera", BLIND = "The camera sees nothing: uncover it, or turn on the light";
const MOODS = ["marked", "already", "unknown", "poor", "looking", "problem", "idle"];

class Screen {
  constructor(root) {
    const find = (name) => root.querySelector(name);
    this.root = root;
    this.site = find(".k-site"); this.clock = find(".k-clock"); this.small = find(".k-small");
    this.day = find(".k-day"); this.welcome = find(".k-welcome"); this.logo = find(".k-logo"); this.card = find('[data-testid="camera"]'); this.notice = find(".k-notice");
    this.greeting = find('[data-testid="greeting"]'); this.today = find(".k-today");
    this.status = find('[data-testid="kiosk-status"]'); this.list = find(".k-list ul"); this.column = find(".k-list");
    this.drawn = new Drawn();
    this.wake();
    root.addEventListener("pointerdown", () => this.wake());
  }

  // Nobody was there for minutes: the screen rests until something moves or it is touched.
  wake() {
    this.quietSince = seconds();
    this.root.classList.remove("k-dim");
  }

  // ``state``: of the camera and the line, a key of WORDS or empty; ``silent``: seconds of it.
  // ``blind``: the camera sees nothing.
  show(parts, state, silent, { moving, blind }) {
    const said = this.said(parts, state);
    this.root.dataset.said = said;
    if (state !== "closed" && (moving || said !== "idle")) this.wake();
    else if (seconds() - this.quietSince > DIM_AFTER_S) this.root.classList.add("k-dim");
    const noting = this.root.hasAttribute("data-offline");
    this.drawn.once("card", [state, silent > 1 ? Math.floor(silent) : 0, noting], () => this.sayCard(state, silent, noting));
    this.drawn.once("banners", this.banners(parts, said, blind), (banners) => this.greet(banners));
    this.drawn.once("away", Boolean(parts.state?.away), (away) => this.sayAway(away));
    this.drawn.once("marks", parts.marks, (marks) => this.count(marks));
  }

  said(parts, state) {
    const newest = parts.banners?.at(-1);
    if (newest && !CLOSES.includes(state)) return newest.mood === "idle" ? "looking" : newest.mood;
    if (state) return "trouble";
    return "idle";
  }

  // A greeting stands beside a camera that is in trouble: a PIN needs none.
  banners(parts, said, blind) {
    if (said === "trouble") return [];
    if (said === "idle") return [{ mood: "idle", title: blind ? BLIND : ASKS, text: "" }];
    return parts.banners;
  }

  greet(banners) {
    this.root.dataset.mood = banners.at(-1)?.mood ?? "idle";
    this.greeting.style.setProperty("--count", banners.length);
    this.greeting.replaceChildren(...banners.map((banner) => this.banner(banner)));
  }

  banner({ mood, title, text }) {
    const kind = mood === "idle" && text ? "looking" : mood;
    const card = element("div", `fr-banner fr-${MOODS.includes(kind) ? kind : "looking"}`);
    const words = title.split(/[\s\-‐]+/).map((word) => [...word].length);
    card.style.setProperty("--long", Math.max(7, ...words));
    card.style.setProperty("--lines", Math.max(2, Math.min(4, words.length)));
    const name = element("b", "", title);
    name.dir = "auto";
    card.append(name, ...text.split(" · ").map((part) => element("span", "", part)));
    return card;
  }

  // ``noting``: whether attendance goes on here meanwhile.
  sayCard(state, silent, noting) {
    const counts = ["server", "stalled"].includes(state) && silent > 1;
    const [title, advice] = (noting ? WORDS.noting : WORDS[state]) ?? ["", ""];
    sayTrouble(this.card, state, [counts ? `${title} for ${lasting(silent)}` : title, advice]);
  }

  sayAway(away) {
    this.notice.hidden = !away;
    this.notice.textContent = away
      ? "The database does not answer. Marks are kept on this computer and delivered as soon as it is back." : "";
  }

  // The time by the server's clock, in the site's zone.
  tick(now, site) {
    this.drawn.once("time", Math.floor(now / 60000), () => {
      this.clock.textContent = this.small.textContent = clockTime(now, site?.zone);
    });
    if (site && site !== this.place) this.dress(this.place = site);
  }

  // The site's name and day, and how its office wants the screen to look.
  dress({ title = "", day = "", welcome = "", logo = "", accent = "" }) {
    this.drawn.forget("time");
    this.site.textContent = title;
    this.day.textContent = day;
    this.welcome.textContent = welcome;
    this.logo.hidden = !logo;
    if (logo) this.logo.src = logo;
    this.root.style.setProperty("--k-accent", accent || null);
  }

  count(marks) {
    const { count = 0, list = null } = marks ?? {};
    this.today.replaceChildren(element("b", "", "Today"), ` · ${counted(count, "mark")}`);
    this.today.hidden = !marks;
    this.column.hidden = list === null;
    this.root.classList.toggle("k-listed", list !== null);
    const lines = (list ?? []).map((mark) => this.line(mark));
    this.list.replaceChildren(...(lines.length || list === null ? lines : [element("li", "k-nobody", "Nobody yet today. Marks appear here as they happen.")]));
  }

  line({ title, note, right, photo }) {
    const line = element("li", "");
    const face = element(photo ? "img" : "span", "fr-avatar", photo ? "" : initials(title));
    if (photo) Object.assign(face, { src: photo, alt: "" });
    const words = element("span", "fr-words");
    words.append(element("b", "", title));
    if (note) words.append(element("small", "", note));
    const time = element("span", "fr-right");
    time.append(element("span", "", right));
    line.append(face, words, time);
    return line;
  }

  figures(stats, way) {
    const { frame_rate: rate = 0, inference_rate: looks = 0, time_to_mark: wait = null, dropped = 0 } = stats ?? {};
    const words = [`${rate.toFixed(0)} pictures/s`, `${looks.toFixed(0)} looks/s`];
    if (wait !== null) words.push(`${wait.toFixed(1)} s to mark`);
    words.push(`${dropped.toLocaleString("en")} dropped`, way);
    this.drawn.once("figures", words.join(" · "), (text) => { this.status.textContent = text; });
  }
}

// A number and its unit stay on one line.
function lasting(silent) {
  return silent < 120 ? `${Math.floor(silent)}\u00a0s` : `${Math.floor(silent / 60).toLocaleString("en")}\u00a0min`;
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}
