// One choice of theme for the whole site, and what the page looks like now, for our style sheets.
//
// Streamlit (1.67) keeps the choice by the address that the page was opened at: dark on Records
// would be light on Reports. Here all addresses share one.
const PER_PAGE = /^stActiveTheme-.*(-v\d+)$/;
for (const method of ["getItem", "setItem", "removeItem"]) {
  const real = Storage.prototype[method];
  Storage.prototype[method] = function (name, ...value) {
    return real.call(this, String(name).replace(PER_PAGE, "stActiveTheme$1"), ...value);
  };
}

const system = matchMedia("(prefers-color-scheme: dark)");

function chosen() {
  let kept = null;
  try {
    const name = Object.keys(localStorage).find((one) => /^stActiveTheme-v\d+$/.test(one));
    kept = JSON.parse(localStorage.getItem(name));
  } catch { /* a browser that keeps nothing has what its system has */ }
  return kept === "Dark" || (kept !== "Light" && system.matches) ? "dark" : "light";
}

function dress() {
  const drawn = document.querySelector('[data-testid="stApp"]');
  const theme = drawn ? getComputedStyle(drawn).colorScheme : chosen();
  const root = document.documentElement;
  if (root.dataset.theme === theme) return;
  root.dataset.theme = theme;
  root.style.colorScheme = theme;  // lists, scroll bars and dialogs lie outside of the app
}
