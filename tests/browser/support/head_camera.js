// In place of the page's camera: a canvas with a wall and before it the head, which sways a little
// and is turned towards what was asked a moment ago, as fast as people turn theirs; before a kiosk
// also no faster than its pictures are looked at: on a busy machine the server sees every turn.
({ views, wall }) => {
  if (window.top !== window || !navigator.mediaDevices) return;
  const SPEED = 1.6, REACTION_MS = 350, REACTION_LOOKS = 3, FARTHEST = 0.3;
  const head = window.head = { yaw: 0, pitch: 0, there: true, obeys: 1, wall, asked: "", since: 0, moved: 0, looks: 0, then: 0, room: Infinity };
  const Line = window.WebSocket;
  window.WebSocket = class extends Line {  // a kiosk's line tells a scene for each picture
    constructor(...all) {
      super(...all);
      this.addEventListener("message", ({ data }) => {
        if (`${data}`.includes('"scene"')) Object.assign(head, { looks: head.looks + 1, room: FARTHEST });
      });
    }
  };
  const pictures = Promise.all(views.map(async ({ yaw, pitch, webp }) => {
    const bytes = Uint8Array.from(atob(webp), (one) => one.charCodeAt(0));
    return { yaw, pitch, image: await createImageBitmap(new Blob([bytes], { type: "image/webp" })) };
  }));
  const SIDES = { left: [1, 0], right: [-1, 0], up: [0, 1], down: [0, -1] };
  const asked = () => {
    const turn = document.querySelector('[data-testid="turn"]');
    if (turn && !turn.hidden) return turn.dataset.side;
    const view = document.querySelector("[data-view].now")?.dataset.view;  // on a phone's page
    if (view) return view in SIDES ? view : "";
    const step = document.querySelector(".fr-wanted")?.textContent ?? "";  // its icon's name, too
    return /Left|Right|Up|Down/.exec(step)?.[0].toLowerCase() ?? "";
  };
  const towards = (from, to, most) => from + Math.max(-most, Math.min(most, to - from));
  const move = (now) => {
    const said = asked();
    const most = Math.min(SPEED * (now - head.moved) / 1000, head.room);
    head.moved = now;
    if (said !== head.asked) Object.assign(head, { asked: said, since: now, then: head.looks });
    const soon = head.looks && head.looks - head.then < REACTION_LOOKS;
    if (soon || now - head.since < REACTION_MS) return;
    head.room -= most;
    const [yaw, pitch] = SIDES[head.asked] ?? [0, 0];
    head.yaw = towards(head.yaw, yaw * head.obeys, most);
    head.pitch = towards(head.pitch, pitch, most);
  };
  const draw = (canvas, all) => {
    const now = performance.now(), phase = now / 1000 * Math.PI, paint = canvas.getContext("2d");
    move(now);
    paint.setTransform(1, 0, 0, 1, 0, 0);
    paint.fillStyle = `rgb(${head.wall.join()})`;
    paint.fillRect(0, 0, canvas.width, canvas.height);
    if (!head.there) return;
    const away = (one) => Math.hypot(one.yaw - head.yaw, one.pitch - head.pitch);
    const near = all.reduce((best, one) => away(one) < away(best) ? one : best);
    paint.translate(canvas.width / 2 + 5 * Math.sin(phase), canvas.height / 2 + 3 * Math.sin(2 * phase));
    paint.rotate(0.04 * Math.sin(phase + 1));
    const larger = canvas.height / near.image.height * (1 + 0.03 * Math.sin(2 * phase + 2));
    paint.scale(larger, larger);
    paint.drawImage(near.image, -near.image.width / 2, -near.image.height / 2);
  };
  navigator.mediaDevices.getUserMedia = async ({ video }) => {
    const [width, height] = [video.width.ideal, video.height.ideal];
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const all = await pictures;
    draw(canvas, all);
    setInterval(() => draw(canvas, all), 33);
    return canvas.captureStream(30);
  };
}
