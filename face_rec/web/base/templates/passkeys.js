// Passkeys on the pages around the sign-in. Each form with data-passkey ("get" or "create")
// fetches what to ask the authenticator for, lets the browser ask, and sends itself with the
// answer. What it says stands in data-words. Without passkeys in the browser the forms stay hidden and [data-no-passkeys] shows.

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const described = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function create(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    },
  });
  return answer(made, {
    attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
}

async function get(options) {
  const shown = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: described(options.allowCredentials),
    },
  });
  const { authenticatorData, signature, userHandle } = shown.response;
  return answer(shown, {
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  });
}

function answer(credential, response) {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
  };
}

async function options(form) {
  const sent = await fetch(form.dataset.options, {
    method: "POST",
    credentials: "same-origin",
    cache: "no-store",
    body: new URLSearchParams({ form_token: form.elements.form_token.value }),
  });
  if (sent.ok && !sent.redirected) return sent.json();
  const said = await sent.json().catch(() => ({}));
  throw new Error(said.error ?? JSON.parse(form.dataset.words).old);
}

async function ask(form) {
  const problem = form.querySelector("[data-problem]");
  problem.hidden = true;
  form.setAttribute("aria-busy", "true");
  try {
    const wanted = await options(form);
    const credential = form.dataset.passkey === "create" ? await create(wanted) : await get(wanted);
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    problem.textContent = JSON.parse(form.dataset.words)[error.name] ?? error.message;
    problem.hidden = false;
    form.removeAttribute("aria-busy");
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.getAttribute("aria-busy") !== "true") ask(form);
    });
  }
  for (const none of document.querySelectorAll("[data-no-passkeys]")) none.hidden = true;
}
