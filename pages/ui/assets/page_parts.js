// What the scripts of all camera pages share: elements and words, pictures of a camera, and how a
// component lives on while Streamlit draws its page anew.

const seconds = () => performance.now() / 1000;

function element(kind, className, text = "") {
  const made = document.createElement(kind);
  made.className = className;
  made.textContent = text;
  return made;
}

// What a page says, in its language. ``texts``: by the English text what is said instead of it, where
// it goes with a number by the number's category (CLDR); English needs none.
class Words {
  constructor({ language = "en", locale = "en-GB", direction = "ltr", texts = {} } = {}) {
    Object.assign(this, { language, locale, direction, texts, plurals: new Intl.PluralRules(locale) });
  }

  // ``{name}`` is replaced by the value of that name.
  gettext(message, values = {}) { return this.filled(this.texts[message] ?? message, values); }

  // What goes with a number; ``{count}`` is that number.
  ngettext(one, many, count, values = {}) {
    const forms = this.texts[one] ?? { one, other: many };
    const form = forms[this.plurals.select(count)] ?? Object.values(forms).at(-1);
    return this.filled(form, { count: this.number(count), ...values });
  }

  filled(text, values) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? this.apart(values[name]) : whole));
  }

  // A Latin name or a number does not turn Arabic words around it about (UAX 9, isolates).
  apart(value) { return this.direction === "rtl" ? `\u2068${value}\u2069` : String(value); }

  // In Latin digits, in which IDs and PINs are typed.
  number(value, digits = 0) {
    const style = { numberingSystem: "latn", minimumFractionDigits: digits, maximumFractionDigits: digits };
    return value.toLocaleString(this.locale, style);
  }

  // Hours and minutes of ``at`` (milliseconds) in a time zone, and the part of the day in 12 hours:
  // [{type, value}].
  timeParts(at, timeZone = "UTC") {
    return new Intl.DateTimeFormat(this.locale, { timeStyle: "short", timeZone, numberingSystem: "latn" }).formatToParts(at);
  }

  time(at, timeZone) { return this.timeParts(at, timeZone).map(({ value }) => value).join(""); }
}

// Minutes of the day in a time zone, to reckon with.
function minutesOfDay(at, timeZone = "UTC") {
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(at);
  const [hour, minute] = clock.split(":").map(Number);
  return 60 * hour + minute;
}

// Remembers what was drawn, so that what has not changed is not drawn again.
class Drawn {
  constructor() { this.known = {}; }

  // Runs ``draw`` where ``value`` is not what was drawn under this name before.
  once(name, value, draw) {
    const text = JSON.stringify(value);
    if (this.known[name] === text) return;
    this.known[name] = text;
    draw(value);
  }

  forget(name) { delete this.known[name]; }
}

// On a camera's card: why there is no picture.
function sayTrouble(card, state, [title, advice] = ["", ""]) {
  card.dataset.state = state || "ok";
  card.querySelector("b").textContent = title;
  card.querySelector("span").textContent = advice;
}

// The camera's picture on a canvas, its longer side at most ``side`` pixels.
function copyPicture(film, video, side) {
  const scale = Math.min(1, side / Math.max(video.videoWidth, video.videoHeight));
  const size = [video.videoWidth, video.videoHeight].map((pixels) => Math.round(pixels * scale));
  if (size[0] !== film.width || size[1] !== film.height) [film.width, film.height] = size;
  film.getContext("2d").drawImage(video, 0, 0, ...size);
}

const jpegOf = (film, quality) => new Promise((done, fail) => {
  film.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/jpeg", quality);
});

// Whether sign-in, or the proof of a kiosk's device, is over; session_watch.js sees to it.
function lapsed(answer) {
  const over = answer.status === 401 || answer.redirected;
  if (over) window.dispatchEvent(new Event("face-rec-lapsed"));
  return over;
}

// A component of Streamlit's: called with every redraw of the page, while one ``Kind`` lives on.
const mounted = (Kind, says) => ({ parentElement, data, [says]: report }) => {
  parentElement.live ??= new Kind(parentElement, data);
  parentElement.live.receive(data, report);
  return () => { parentElement.live?.end(); parentElement.live = undefined; };
};
