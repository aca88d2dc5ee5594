// What the kiosk says beside its picture: a clock while nobody is there, greetings, what is wrong,
// today's marks, and one quiet line of figures. Everything from the server is set as text.

const DIM_AFTER_S = 180;
const MOODS = ["marked", "already", "unknown", "poor", "looking", "problem", "idle"];

class Screen {
  constructor(root, words, troubles) {
    const find = (name) => root.querySelector(name);
    Object.assign(this, { root, words, troubles });
    this.asks = words.gettext("Look at the camera");
    this.blind = words.gettext("The camera sees nothing: uncover it, or turn on the light");
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

  // ``state``: of the camera and the line, a key of ``troubles`` or empty; ``silent``: seconds of it.
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
    if (said === "idle") return [{ mood: "idle", title: blind ? this.blind : this.asks, text: "" }];
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
    const words = title.split(/[\s\-‐]+/).map(breadth);
    card.style.setProperty("--long", Math.max(7, ...words));
    card.style.setProperty("--whole", Math.max(7, breadth(title)));
    card.style.setProperty("--half", Math.max(7, halved(title)));
    card.style.setProperty("--lines", Math.max(2, Math.min(4, words.length)));
    const name = element("b", "", title);
    name.dir = "auto";
    card.append(name, ...text.split(" · ").map((part) => element("span", "", part)));
    return card;
  }

  // ``noting``: whether attendance goes on here meanwhile.
  sayCard(state, silent, noting) {
    const counts = ["server", "stalled"].includes(state) && silent > 1;
    const [title, advice] = (noting ? this.troubles.noting : this.troubles[state]) ?? ["", ""];
    const since = () => this.words.gettext("{trouble} for {time}", { trouble: title, time: this.lasting(silent) });
    sayTrouble(this.card, state, [counts ? since() : title, advice]);
  }

  sayAway(away) {
    this.notice.hidden = !away;
    this.notice.textContent = away
      ? this.words.gettext("The database does not answer. Marks are kept on this computer and delivered as soon as it is back.") : "";
  }

  // The time by the server's clock, in the site's zone.
  tick(now, site) {
    this.drawn.once("time", Math.floor(now / 60000), () => {
      const parts = this.words.timeParts(now, site?.zone);
      for (const clock of [this.clock, this.small]) {
        clock.replaceChildren(...parts.map(({ type, value }) => (type === "dayPeriod" ? element("small", "", value) : value)));
      }
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
    const marked = this.words.ngettext("{count} mark", "{count} marks", count);
    this.today.replaceChildren(element("b", "", this.words.gettext("Today")), ` · ${marked}`);
    this.today.hidden = !marks;
    this.column.hidden = list === null;
    this.root.classList.toggle("k-listed", list !== null);
    const lines = (list ?? []).map((mark) => this.line(mark));
    this.list.replaceChildren(...(lines.length || list === null ? lines : [element("li", "k-nobody", this.words.gettext("Nobody yet today. Marks appear here as they happen."))]));
  }

  line({ title, note, right, photo }) {
    const line = element("li", "");
    const face = element(photo ? "img" : "span", "fr-avatar", photo ? "" : initials(title));
    if (photo) Object.assign(face, { src: photo, alt: "" });
    const words = element("span", "fr-words");
    words.append(named("b", title));
    if (note) words.append(named("small", note));
    const time = element("span", "fr-right");
    time.append(element("span", "", right));
    line.append(face, words, time);
    return line;
  }

  figures(stats, way) {
    const { frame_rate: rate = 0, inference_rate: looks = 0, time_to_mark: wait = null, dropped = 0 } = stats ?? {};
    const { words } = this;
    const told = [rate, looks, wait, dropped, way].join();
    this.drawn.once("figures", told, () => {
      const line = [words.gettext("{count} pictures/s", { count: words.number(rate) }), words.gettext("{count} looks/s", { count: words.number(looks) })];
      if (wait !== null) line.push(words.gettext("{count} s to mark", { count: words.number(wait, 1) }));
      line.push(words.gettext("{count} dropped", { count: words.number(dropped) }), way);
      this.status.textContent = line.join(" · ");
    });
  }

  // A number and its unit stay on one line.
  lasting(silent) {
    const { words } = this;
    if (silent < 120) return words.gettext("{count} s", { count: words.number(Math.floor(silent)) });
    return words.gettext("{count} min", { count: words.number(Math.floor(silent / 60)) });
  }
}

// A name, in whatever script it is.
function named(kind, text) {
  const made = element(kind, "");
  made.append(element("bdi", "", text));
  return made;
}

// Letters as wide as Latin ones; those of Chinese, Japanese and Korean are wider.
const breadth = (text) => [...text].reduce((sum, letter) => sum + (letter >= "\u2e80" ? 1.7 : 1), 0);

// The breadth of ``text`` on two lines: of the longer one, where it is broken best.
function halved(text) {
  const breaks = [...text.matchAll(/\s|[-‐]|[\u3040-\u9fff](?=.)/gu)].map((one) => one.index + 1);
  return Math.min(breadth(text), ...breaks.map((at) => Math.max(breadth(text.slice(0, at).trim()), breadth(text.slice(at)))));
}

function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "").join("").toUpperCase();
}
