// Why there is no picture, in plain words; shared by every camera of the pages.

const WORDS = {
  insecure: ["The browser gives no camera to this address",
    "It does so only over HTTPS or on localhost. Open the page at https://… or on the computer itself."],
  prompt: ["Please allow the camera", "Answer the browser's question with “Allow”; the picture then starts by itself."],
  denied: ["The camera is blocked for this page",
    "Allow it with the camera or lock symbol in the browser's address bar; the picture then starts by itself."],
  missing: ["No camera found", "Plug one in; the picture then starts by itself."],
  busy: ["The camera cannot be read", "Another program may be using it. Close that program, or choose another camera."],
  server: ["The server does not answer", "Trying again; the picture comes back by itself."],
  noting: ["The server does not answer", "You are noted here, and marked when it is back. That happens by itself."],
  connecting: ["Starting the camera…", "This takes a few seconds."],
  unreachable: ["No video connection", "The network may block it (an administrator can set TURN_URL). Still trying; “Photo” above does the same job meanwhile."],
  stalled: ["No picture", "Connecting again."],
  replaced: ["Another screen is this kiosk now", "This screen only watches. Reload it to take over again."],
  closed: ["Closed", "This kiosk does not take attendance at this hour."],
  hidden: ["This tab is in the background", "It sends no pictures until it is looked at again."],
  model: ["The recognition model is being loaded", "A few seconds."],
  unknown: ["There is no such kiosk", "An administrator adds it on the page Kiosks; then reload this page."],
  refused: ["The server refuses the pictures", "Reload the page. If that does not help, tell whoever looks after this system."],
};

const ERRORS = {
  NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing",
  OverconstrainedError: "missing", NotReadableError: "busy", AbortError: "busy",
};
