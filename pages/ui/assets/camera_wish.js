// What is asked of the browser for a camera's picture, and which camera this device remembers.

const REMEMBERED = "face_rec.kiosk.camera";
const WANTED_SIZE = [640, 480];

function recalledCamera() {
  try { return JSON.parse(localStorage.getItem(REMEMBERED)) ?? {}; } catch { return {}; }
}

function cameraWish({ device, facing }, [width, height] = WANTED_SIZE) {
  const size = { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 24, max: 30 } };
  return { audio: false, video: { ...size, ...(device ? { deviceId: { exact: device } } : { facingMode: { ideal: facing || "user" } }) } };
}
