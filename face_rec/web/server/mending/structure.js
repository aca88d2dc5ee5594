// What a screen reader and a keyboard are told of Streamlit's own parts, where Streamlit (1.67)
// tells it wrongly: the menu's lists, its headers that only a mouse could press, headings whose
// levels leave one out, and pages that change without a word. See docs/accessibility.md.
function set(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

const shown = (node) => node.getClientRects().length > 0;

// A list of groups, each with its links; Streamlit puts the entries into plain boxes.
function menu() {
  for (const list of document.querySelectorAll('[data-testid="stSidebarNavItems"]')) {
    for (const group of list.children) {
      if (group.tagName === "LI") continue;
      set(group, "role", "listitem");
      for (const entry of group.querySelectorAll("li")) set(entry, "role", "none");
      const header = group.querySelector('[data-testid="stNavSectionHeader"]');
      if (header) folding(header, group);
    }
  }
  for (const link of document.querySelectorAll('[data-testid="stSidebarNavLink"]')) {
    if (link.pathname === location.pathname) set(link, "aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

const pressable = new WeakSet();

function folding(header, group) {
  const words = header.firstElementChild;
  set(words, "role", "button");
  set(words, "tabindex", "0");
  set(words, "aria-expanded", String(group.querySelector("li") !== null));
  if (pressable.has(words)) return;
  pressable.add(words);
  words.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    words.click();
  });
}

// What stands under a page's title is of the second level, whatever its size.
function headings() {
  for (const room of document.querySelectorAll('main, [role="dialog"]')) {
    let above = room.tagName === "MAIN" ? 0 : 1;
    for (const heading of room.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
      if (!shown(heading)) continue;
      const own = Number(heading.tagName[1]), level = Math.min(own, above + 1);
      if (level === own) heading.removeAttribute("aria-level");
      else set(heading, "aria-level", String(level));
      above = level;
    }
  }
}

// Streamlit's start page calls every page English, and lays it out from left to right. A kiosk
// says itself what it speaks.
let spoken = false;

function language() {
  const kiosk = document.querySelector(".k-frame");
  const named = kiosk ? null : document.querySelector("[data-language]");
  if (named) {
    set(document.documentElement, "lang", named.dataset.language);
    set(document.documentElement, "dir", named.dataset.direction ?? "ltr");
  } else if (spoken) {
    if (!kiosk) set(document.documentElement, "lang", "en");
    set(document.documentElement, "dir", "ltr");
  }
  spoken = named !== null;
}

const said = document.createElement("div");
said.setAttribute("role", "status");
said.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
let title = "";

// Another page of the menu is opened without the browser loading anything that it would tell of.
function turned() {
  if (!said.isConnected) document.body.append(said);
  if (document.title === title || document.title === "Streamlit") return;
  if (title) said.textContent = document.title;
  title = document.title;
}
