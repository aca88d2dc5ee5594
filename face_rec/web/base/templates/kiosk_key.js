// This device's own key: made here once, kept by the browser in a form that no script can read
// out, and used to sign what the server asks. A copied cookie is worth nothing without it.

const KEYS = { name: "face-attendance", store: "keys", entry: "kiosk" };
const SIGNS = { name: "ECDSA", namedCurve: "P-256" };

function keyStore(mode, use) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(KEYS.name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(KEYS.store);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(KEYS.store, mode);
      const asked = use(transaction.objectStore(KEYS.store));
      transaction.oncomplete = () => { opening.result.close(); resolve(asked.result); };
      transaction.onerror = () => { opening.result.close(); reject(transaction.error); };
    };
  });
}

const text64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function deviceKey(fresh) {
  const kept = fresh ? null : await keyStore("readonly", (store) => store.get(KEYS.entry));
  if (kept) return kept;
  const pair = await crypto.subtle.generateKey(SIGNS, false, ["sign", "verify"]);
  await keyStore("readwrite", (store) => store.put(pair, KEYS.entry));
  return pair;
}

const ask = (path, body) => fetch(path, {
  method: "POST", body: body && JSON.stringify(body), credentials: "same-origin", cache: "no-store",
  headers: { "Content-Type": "application/json" }, signal: AbortSignal.timeout(15000),
});

const away = (answer) => new Error(answer.headers.get("X-Waits-For") ?? String(answer.status));

// What this device kept while the server was away is nobody's once it is no kiosk any more.
const forgetStills = () => new Promise((done) => {
  const erasing = indexedDB.deleteDatabase("face-attendance-offline");
  erasing.onsuccess = erasing.onerror = erasing.onblocked = done;
});

async function lost() {
  await Promise.all([forgetStills(), forgetWorker().catch(() => {})]);
  return "lost";
}

// "ok"; "lost" where this is not the linked device; "insecure"; throws while the server is away,
// and Error("database") while only the server's database is.
async function proveDevice() {
  if (!window.isSecureContext || !crypto.subtle || !window.indexedDB) return "insecure";
  const asked = await ask("/kiosk/challenge");
  if (asked.status === 403) return lost();
  if (!asked.ok) throw away(asked);
  const { device, challenge, bound } = await asked.json();
  const pair = await deviceKey(!bound);
  const text = new TextEncoder().encode(`face attendance kiosk\n${device}\n${challenge}`);
  const signature = text64(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, text));
  const key = text64(await crypto.subtle.exportKey("raw", pair.publicKey));
  const answer = await ask("/kiosk/prove", { challenge, signature, key });
  if (answer.status === 403 || answer.status === 409) return lost();
  if (!answer.ok) throw away(answer);
  return "ok";
}
