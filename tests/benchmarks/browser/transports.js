// Watches the kiosk from inside the page: when somebody comes before the camera, and when the name
// stands on the screen. Runs in every frame, keeps notes in the top one.

(() => {
  const top = window.top;
  top.notes ??= { named: [], results: [] };

  // The camera itself, however the page uses it.
  const devices = navigator.mediaDevices;
  const open = devices?.getUserMedia?.bind(devices);
  if (open) devices.getUserMedia = async (wish) => {
    const stream = await open(wish);
    top.watchCamera?.(stream.clone());
    return stream;
  };

  // Over HTTP: from the moment a picture is taken to its result in the page.
  const shoot = HTMLCanvasElement.prototype.toBlob;
  const send = window.fetch.bind(window);
  let taken = 0;
  HTMLCanvasElement.prototype.toBlob = function (...rest) {
    taken = performance.now();
    return shoot.apply(this, rest);
  };
  window.fetch = async (url, ...rest) => {
    const began = taken;
    const answer = await send(url, ...rest);
    if (!String(url).includes("/frames")) return answer;
    await answer.clone().json();
    top.notes.results.push(performance.now() - began);
    return answer;
  };

  if (window !== top) return;

  const small = document.createElement("canvas");
  [small.width, small.height] = [160, 120];
  const pen = small.getContext("2d", { willReadFrequently: true });
  const pixels = (source) => {
    pen.clearRect(0, 0, 160, 120);
    pen.drawImage(source, 0, 0, 160, 120);
    return pen.getImageData(0, 0, 160, 96).data;  // without the greeting at the foot
  };
  const someone = (data) => {  // the empty room is one even grey
    let apart = 0;
    for (let i = 0; i < data.length; i += 4) apart += Math.abs(data[i] - 96) > 40;
    return apart > 500;
  };
  const named = (data) => {  // the plates of kiosk_overlay.js: green or amber
    let painted = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
      painted += (g > 90 && g - r > 60 && g - b > 30) || (r > 170 && b < 70 && r - g > 60);
    }
    return painted > 60;
  };

  const camera = document.createElement("video");
  camera.muted = true;
  top.watchCamera = (stream) => { camera.srcObject = stream; camera.play(); };
  let came = null, waiting = false;
  setInterval(() => {
    const canvas = document.querySelector(".fr-stage canvas");
    if (!camera.videoWidth || !canvas?.width) return;
    const here = someone(pixels(camera)), now = performance.now(), known = named(pixels(canvas));
    if (here && came === null) { came = now; waiting = !known; }
    if (!here) came = null;
    if (came !== null && waiting && known) { waiting = false; top.notes.named.push(now - came); }
  }, 15);
})();
