// The part of a camera's picture that is looked at, and the smallest face, drawn on a picture of it:
// by dragging, or by arrow keys on what has the focus. All are shares of the picture, 0 to 1.

const LEAST = 0.06;  // of a side: the server takes 0.05
const STEP = 0.01, LARGE_STEP = 0.05;
const REPORT_MS = 350;
const CORNERS = { "top left": ["left", "top"], "top right": ["right", "top"], "bottom left": ["left", "bottom"], "bottom right": ["right", "bottom"] };
const cornersIn = (words) => ({
  "top left": words.gettext("Corner top left: arrow keys move it"), "top right": words.gettext("Corner top right: arrow keys move it"),
  "bottom left": words.gettext("Corner bottom left: arrow keys move it"), "bottom right": words.gettext("Corner bottom right: arrow keys move it"),
});
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const within = (value, low, high) => Math.min(high, Math.max(low, value));

class RegionEditor {
  constructor(root, data) {
    const find = (name) => root.querySelector(name);
    this.find = find;
    this.picture = find(".fr-region-picture"); this.image = find("img"); this.box = find(".fr-region-box");
    this.face = find(".fr-region-face"); this.size = find("input"); this.told = find("output");
    this.said = find(".fr-region-said");
    find(".fr-region-tools button").onclick = () => this.set({ left: 0, top: 0, right: 1, bottom: 1 });
    this.corners = Object.entries(CORNERS).map(([name, sides]) => this.corner(name, sides));
    this.box.onkeydown = (event) => this.pressed(event, ["left", "top", "right", "bottom"]);
    this.picture.onpointerdown = (event) => this.drawn(event);
    this.size.oninput = () => this.set({ smallest: Number(this.size.value) / 100 });
    this.image.onload = () => this.show();
    this.speak(data.words);
    this.area = { ...data.area };
    // Whoever goes on to a button has drawn to the end: it acts on what is on the screen.
    root.addEventListener("focusout", this.tellNow);
    document.addEventListener("pointerdown", this.tellNow, true);
  }

  receive(data, report) {
    this.report = report;
    if (data.words.language !== this.words.language) this.speak(data.words);
    if (this.image.getAttribute("src") !== data.picture) this.image.src = data.picture;
    this.image.alt = this.words.gettext("What the camera sees: drag to choose the part that is looked at");
    Object.assign(this, { width: data.width, height: data.height });
    this.show();
  }

  // What stands still on it.
  speak(texts) {
    const words = this.words = new Words(texts), { find } = this;
    for (const one of this.corners) one.setAttribute("aria-label", cornersIn(words)[one.dataset.corner]);
    find(".fr-region").setAttribute("aria-label", words.gettext("Part of the picture that is looked at"));
    find(".fr-region-box").setAttribute("aria-roledescription", words.gettext("rectangle"));
    find(".fr-region-face span").textContent = words.gettext("smallest face");
    find("label span").textContent = words.gettext("Smallest face");
    find(".fr-region-tools button").textContent = words.gettext("Whole picture");
  }

  corner(name, sides) {
    const made = element("button", "fr-region-corner");
    made.type = "button";
    made.dataset.corner = name;
    made.onkeydown = (event) => { event.stopPropagation(); this.pressed(event, sides); };
    made.onpointerdown = (event) => this.drag(event, (x, y) => ({ [sides[0]]: x, [sides[1]]: y }));
    this.box.append(made);
    return made;
  }

  // Inside the rectangle it is moved; elsewhere a new one is drawn, also on the whole picture.
  drawn(event) {
    const [x, y] = this.at(event), { left, top, right, bottom } = this.area;
    if (this.box.contains(event.target) && !this.whole) {
      this.drag(event, (u, v) => this.moved(u - x, v - y, { left, top, right, bottom }));
    } else {
      this.drag(event, (u, v) => ({ left: Math.min(x, u), top: Math.min(y, v), right: Math.max(x, u), bottom: Math.max(y, v) }));
    }
  }

  get whole() {
    const { left, top, right, bottom } = this.area;
    return left === 0 && top === 0 && right === 1 && bottom === 1;
  }

  moved(by, down, { left, top, right, bottom }) {
    const x = within(by, -left, 1 - right), y = within(down, -top, 1 - bottom);
    return { left: left + x, top: top + y, right: right + x, bottom: bottom + y };
  }

  drag(event, area) {
    if (event.button) return;
    event.preventDefault();
    event.stopPropagation();
    const target = event.currentTarget, before = { ...this.area };
    let went = false;
    target.focus?.({ preventScroll: true });
    target.setPointerCapture(event.pointerId);
    target.onpointermove = (move) => { went = true; this.area = this.fit({ ...this.area, ...area(...this.at(move)) }, before); this.show(); };
    target.onpointerup = target.onpointercancel = () => {
      target.onpointermove = target.onpointerup = target.onpointercancel = null;
      if (went) this.tell();
    };
  }

  pressed(event, sides) {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    const step = event.shiftKey ? LARGE_STEP : STEP, { area } = this;
    const [x, y] = arrow.map((one) => one * step);
    if (sides.length === 4) return void this.set(this.moved(x, y, area));
    this.set({ [sides[0]]: area[sides[0]] + x, [sides[1]]: area[sides[1]] + y });
  }

  at(event) {
    const { left, top, width, height } = this.picture.getBoundingClientRect();
    return [within((event.clientX - left) / width, 0, 1), within((event.clientY - top) / height, 0, 1)];
  }

  // ``area`` with sides in their order and a size that holds a face; else those of ``before`` stay.
  fit(area, before) {
    const made = { ...area };
    for (const side of ["left", "top", "right", "bottom"]) made[side] = Math.round(within(made[side], 0, 1) * 1000) / 1000;
    if (made.right - made.left < LEAST) Object.assign(made, { left: before.left, right: before.right });
    if (made.bottom - made.top < LEAST) Object.assign(made, { top: before.top, bottom: before.bottom });
    return made;
  }

  set(change) {
    this.area = this.fit({ ...this.area, ...change }, this.area);
    this.show();
    this.tell();
  }

  tell() {
    clearTimeout(this.telling);
    this.telling = setTimeout(this.tellNow, REPORT_MS);
  }

  tellNow = () => {
    if (!this.telling) return;
    clearTimeout(this.telling);
    this.telling = undefined;
    this.report("area", { ...this.area });
  };

  show() {
    const { left, top, right, bottom, smallest } = this.area, percent = (share) => `${100 * share}%`;
    Object.assign(this.box.style, { left: percent(left), top: percent(top), width: percent(right - left), height: percent(bottom - top) });
    const { words } = this, hundredths = (share) => words.number(Math.round(100 * share));
    const told = this.whole ? words.gettext("The whole picture is looked at.") : words.gettext("Looked at: from {left} to {right} % across, from {top} to {bottom} % down.", { left: hundredths(left), right: hundredths(right), top: hundredths(top), bottom: hundredths(bottom) });
    if (this.said.textContent !== told) this.said.textContent = told;
    this.box.setAttribute("aria-label", words.gettext("{part} Arrow keys move it.", { part: told }));
    this.box.toggleAttribute("data-whole", this.whole);
    this.size.value = Math.round(100 * smallest);
    const side = Math.round(smallest * Math.min(this.width, this.height));
    const large = smallest ? words.ngettext("{count} pixel wide", "{count} pixels wide", side) : words.gettext("as small as recognition can read");
    this.told.textContent = large;
    this.size.setAttribute("aria-valuetext", large);
    this.face.hidden = !smallest;
    const shown = this.picture.getBoundingClientRect();
    this.face.style.width = this.face.style.height = `${smallest * Math.min(shown.width, shown.height)}px`;
  }

  end() {
    this.tellNow();
    document.removeEventListener("pointerdown", this.tellNow, true);
  }
}

export default mounted(RegionEditor, "setStateValue");
