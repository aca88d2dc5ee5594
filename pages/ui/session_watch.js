// Asks now and then whether this browser is still signed in, and leaves for the sign-in page when
// it is not. For a kiosk it is the sign of life as well. A network that is away says nothing.

const EVERY = 4000;

async function nobody() {
  const answer = await fetch("/session", { credentials: "same-origin", cache: "no-store" });
  return answer.status === 401;
}

const later = (wait, ask) => new Promise((done) => setTimeout(done, wait)).then(ask);

export default function (component) {
  const { parentElement, data } = component;
  parentElement.note = data.note;
  if (!parentElement.timer) {
    const ask = async () => {
      try {
        // Twice: in this moment another tab may be given a new cookie for the same session.
        if ((await nobody()) && (await later(1000, nobody)))
          window.location.assign(`/login?note=${parentElement.note}`);
      } catch {
        // The server or the network is away; the page says so itself.
      }
    };
    ask();
    parentElement.timer = setInterval(ask, EVERY);
  }
  return () => {
    clearInterval(parentElement.timer);
    parentElement.timer = undefined;
  };
}
