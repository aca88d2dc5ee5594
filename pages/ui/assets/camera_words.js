// Why there is no picture: heading and advice by state; shared by every camera of the pages. They name
// no button of a page, for a kiosk in full screen shows none.

const troublesIn = (words) => ({
  insecure: [words.gettext("The browser gives no camera to this address"),
    words.gettext("It does so only over HTTPS or on localhost. Open the page at https://… or on the computer itself.")],
  prompt: [words.gettext("Please allow the camera"), words.gettext("Answer the browser's question with “Allow”; the picture then starts by itself.")],
  denied: [words.gettext("The camera is blocked for this page"),
    words.gettext("Allow it with the camera or lock symbol in the browser's address bar; the picture then starts by itself.")],
  missing: [words.gettext("No camera found"), words.gettext("Plug one in; the picture then starts by itself.")],
  busy: [words.gettext("The camera cannot be read"), words.gettext("Another program may be using it. Close that program, or choose another camera.")],
  server: [words.gettext("The server does not answer"), words.gettext("Trying again; the picture comes back by itself.")],
  noting: [words.gettext("The server does not answer"), words.gettext("You are noted here, and marked when it is back. That happens by itself.")],
  connecting: [words.gettext("Starting the camera…"), words.gettext("This takes a few seconds.")],
  unreachable: [words.gettext("No video connection"), words.gettext("The network may block it (an administrator can set TURN_URL). Still trying.")],
  stalled: [words.gettext("No picture"), words.gettext("Connecting again.")],
  replaced: [words.gettext("Another screen is this kiosk now"), words.gettext("This screen only watches. Reload it to take over again.")],
  othercamera: [words.gettext("Another camera"), words.gettext("This kiosk takes the pictures of its enrolled camera only. Plug that one in, or ask an administrator.")],
  closed: [words.gettext("Closed"), words.gettext("This kiosk does not take attendance at this hour.")],
  hidden: [words.gettext("This tab is in the background"), words.gettext("It sends no pictures until it is looked at again.")],
  model: [words.gettext("The recognition model is being loaded"), words.gettext("A few seconds.")],
  unknown: [words.gettext("There is no such kiosk"), words.gettext("An administrator adds it on the page Kiosks; then reload this page.")],
  refused: [words.gettext("The server refuses the pictures"), words.gettext("Reload the page. If that does not help, tell whoever looks after this system.")],
});

const ERRORS = {
  NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing",
  OverconstrainedError: "missing", NotReadableError: "busy", AbortError: "busy",
};
