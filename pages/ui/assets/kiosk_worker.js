// The kiosk's service worker: where a page gets no answer it shows ours (kiosk_away.js), and it
// keeps the app's code. Nothing else is kept: no answer about anybody, no picture, no page. The
// server puts VERSION (a digest of all of it), PAGE and AWAY (what to fetch, the page first) above.

const KEPT = `kiosk-${VERSION}`;
const CODE = ["/static/", "/component/"];
const ANSWERS_WITHIN_MS = 8000;

self.addEventListener("install", (event) => {
  // The browser need not ask here for what is never answered here: pictures, signs of life.
  const past = [{ requestMethod: "POST" }, { urlPattern: { pathname: "/session" } }, { urlPattern: { pathname: "*/_stcore/*" } }];
  event.addRoutes?.(past.map((condition) => ({ condition, source: "network" })))?.catch(() => {});
  event.waitUntil(install());
});

// All or nothing: page, style and script belong together.
async function install() {
  const cache = await caches.open(KEPT);
  await Promise.all(AWAY.map(async (path) => {
    const answer = await fetch(path, { cache: "no-store" });
    if (!answer.ok || answer.redirected) throw new Error(`${path}: ${answer.status}`);
    await cache.put(path, answer);
  }));
  await self.skipWaiting();
}

self.addEventListener("activate", (event) => event.waitUntil(begin()));

async function begin() {
  const old = (await caches.keys()).filter((name) => name !== KEPT);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request, { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate") pathname === PAGE && event.respondWith(page(event));
  else if (AWAY.includes(pathname)) event.respondWith(kept(pathname));
  else if (CODE.some((start) => pathname.startsWith(start))) event.respondWith(code(event.request));
});

// A server that is frozen, or a network that swallows everything, counts as no answer.
async function page(event) {
  const late = new Promise((done) => { setTimeout(done, ANSWERS_WITHIN_MS); });
  try {
    const answer = await Promise.race([asked(event), late]);
    if (answer && answered(answer)) return answer;
  } catch { /* nobody is there */ }
  return kept(AWAY[0]);
}

const asked = async (event) => (await event.preloadResponse) ?? fetch(event.request);

const held = (what) => caches.match(what, { cacheName: KEPT });

async function kept(path) { return await held(path) ?? fetch(path); }

// What the server itself calls code that never changes under its name.
async function code(request) {
  const before = await held(request);
  if (before) return before;
  const answer = await fetch(request);
  if (answer.status === 200 && answer.type === "basic" && answer.headers.get("Cache-Control")?.includes("immutable")) {
    const copy = answer.clone();
    await caches.open(KEPT).then((cache) => cache.put(request, copy)).catch(() => {});  // a full device goes on without
  }
  return answer;
}
