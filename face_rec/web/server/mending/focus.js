// Whoever works by keyboard stays where they were when a run of the page takes away what they
// stood on (Streamlit 1.67 draws it anew): the next press of Tab would begin at the top.
const KEYED = '[class*="st-key-"]', PATIENCE = 4000;  // ms that a run may take to bring it back
let last = null, since = 0;

const keyOf = (node) => [...node.classList].find((name) => name.startsWith("st-key-"));
const wordsOf = (node) =>
  node.getAttribute("aria-label") || node.labels?.[0]?.textContent || node.textContent.trim();

function remember(node) {
  const around = [];  // the keys of what it stands in, from near to far
  for (let one = node.closest(KEYED); one; one = one.parentElement?.closest(KEYED)) around.push(keyOf(one));
  last = { node, around, tag: node.tagName, role: node.getAttribute("role"), words: wordsOf(node) };
  since = 0;
}

const within = (key, node) => key !== undefined && node.closest(KEYED)?.classList.contains(key);

// The same thing, drawn anew.
function again() {
  const all = [...document.getElementsByTagName(last.tag)].filter((one) => shown(one) && !one.disabled);
  const alike = all.filter((one) => one.getAttribute("role") === last.role && wordsOf(one) === last.words);
  const keyed = all.filter((one) => within(last.around[0], one));
  return keyed.find((one) => alike.includes(one)) ?? keyed[0] ?? (last.words && alike.length === 1 ? alike[0] : null);
}

// Where it stood, if it is gone for good.
function nearest() {
  const dialog = [...document.querySelectorAll('[role="dialog"]')].filter(shown).at(-1);
  for (const key of last.around) {
    const room = document.getElementsByClassName(key)[0];
    if (room && shown(room) && (!dialog || dialog.contains(room))) return room;
  }
  return dialog ?? document.querySelector("main h1") ?? document.querySelector("main");
}

function stand(node) {
  if (node.tabIndex < 0 && !node.hasAttribute("tabindex")) node.setAttribute("tabindex", "-1");
  node.focus();
}

function keepFocus() {
  if (!last || document.activeElement !== document.body) return;
  if (last.node.isConnected && shown(last.node)) return;
  since ||= performance.now();
  const runs = document.querySelector('[data-test-script-state="running"]') !== null;
  const found = again();
  if (found) stand(found);
  else if (!runs || performance.now() - since > PATIENCE) stand(nearest());
  else setTimeout(keepFocus, 150);
}

document.addEventListener("focusin", (event) => {
  if (event.target !== document.body) remember(event.target);
});
// A finger or a mouse says itself where it goes on.
document.addEventListener("pointerdown", () => { last = null; }, true);

// --- all of it, whenever something of the page has changed

let waits = false;

function mend() {
  waits = false;
  dress();
  menu();
  headings();
  language();
  turned();
  keepFocus();
}

dress();
new MutationObserver(() => {
  if (waits) return;
  waits = true;
  setTimeout(mend, 100);
}).observe(document.documentElement, {
  childList: true, subtree: true, attributes: true, attributeFilter: ["class", "data-test-script-state"],
});
