// Covers a page whose sign-in has ended. Whoever signs in again, in a window of their own, finds
// the page as they left it; somebody else gets it drawn anew.

const KEPT = 5 * 60 * 1000;
const CURTAIN = `
  <style>
    [data-testid="signed-out"] { border: 0; margin: auto; padding: 2rem; max-width: 26rem;
      border-radius: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #12211f; background: #fff; }
    [data-testid="signed-out"]::backdrop { background: #f3f6f6; }
    html[data-theme="dark"] [data-testid="signed-out"] { color: #e4ecea; background: #1a2523; }
    html[data-theme="dark"] [data-testid="signed-out"]::backdrop { background: #101817; }
    [data-testid="signed-out"] h2 { margin: 0 0 .5rem; font-size: 1.3rem; }
    [data-testid="signed-out"] button { font: inherit; padding: .55rem 1.1rem; margin: 1rem .6rem 0 0;
      border: 1px solid #8fa3a0; border-radius: .6rem; background: none; color: inherit; cursor: pointer; }
    [data-testid="signed-out"] [value="again"] { background: #0f766e; border-color: #0f766e; color: #fff; }
  </style>
  <h2 id="fr-ended">Your sign-in has ended</h2>
  <p>Sign in again in a new window to go on here. What you typed is still there.</p>
  <button type="button" value="again">Sign in again</button>
  <button type="button" value="leave">Leave this page</button>`;

class Curtain {
  constructor(leave) {
    this.leave = leave;
    this.fell = Date.now();
    this.gone = new AbortController();
    this.cover = document.createElement("dialog");
    this.cover.dataset.testid = "signed-out";
    this.cover.setAttribute("aria-labelledby", "fr-ended");
    this.cover.innerHTML = CURTAIN;
    this.cover.oncancel = (event) => event.preventDefault();
    document.body.append(this.cover);
    this.cover.showModal();
    // Streamlit's own dialog about the lost connection makes all beside it inert, and swallows
    // clicks there; so they are taken on the window, first of all.
    new MutationObserver(() => { if (this.cover.inert) this.cover.inert = false; })
      .observe(this.cover, { attributes: true, attributeFilter: ["inert"] });
    window.addEventListener("click", (event) => this.press(event.target),
      { capture: true, signal: this.gone.signal });
  }

  press(target) {
    if (!this.cover.contains(target)) return;
    if (target.value === "leave") this.leave();
    if (target.value === "again") this.window = window.open("/login?next=/signed-in", "_blank");
  }

  wait() {
    if (Date.now() - this.fell > KEPT) this.leave();
  }

  lift() {
    this.gone.abort();
    this.window?.close();
    this.cover.remove();
  }
}
