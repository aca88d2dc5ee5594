// Draws what the server saw over the browser's own picture, in the browser's own letters. Names
// are only ever drawn as text.

const COLOURS = { marked: "#0f7a44", already: "#b45309", problem: "#b3261e" };
const GREY = "#4b5563";

class Overlay {
  constructor(canvas, video, words) {
    Object.assign(this, { canvas, video, scene: null, picture: words.gettext("The camera's picture") });
    this.captions = { unknown: words.gettext("Unknown"), poor: words.gettext("Come closer, face the camera") };
    this.draw();
  }

  show(scene, mirrored) {
    Object.assign(this, { scene, mirrored });
    this.draw();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const fine = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: width * fine, height: height * fine });  // clears it, too
    const faces = this.scene?.faces ?? [];
    const words = faces.map((face) => this.caption(face)).filter(Boolean);
    this.canvas.setAttribute("aria-label", words.join(", ") || this.picture);
    if (!faces.length || !this.scene.width) return;
    const pen = this.canvas.getContext("2d");
    pen.scale(fine, fine);
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    const place = this.placed(width, height);
    for (const face of faces) this.face(pen, face, place(face.box), width);
  }

  caption(face) { return face.name || (face.mood === "poor" && face.problem) || this.captions[face.mood] || ""; }

  // From the picture's pixels to those of the stage, which the picture covers.
  placed(width, height) {
    const { width: across, height: down } = this.scene;
    const scale = Math.max(width / across, height / down);
    const [left, top] = [(width - across * scale) / 2, (height - down * scale) / 2];
    return ([l, t, r, b]) => {
      const sides = [left + l * scale, top + t * scale, left + r * scale, top + b * scale];
      return this.mirrored ? [width - sides[2], sides[1], width - sides[0], sides[3]] : sides;
    };
  }

  face(pen, face, [left, top, right, bottom], width) {
    const size = Math.max(15, Math.round(this.canvas.clientHeight / 26));
    pen.strokeStyle = pen.fillStyle = COLOURS[face.mood] ?? GREY;
    pen.lineWidth = Math.max(3, size / 6);
    pen.lineJoin = "round";
    pen.beginPath();
    pen.roundRect(left, top, right - left, bottom - top, size / 2);
    pen.stroke();
    const words = this.caption(face);
    if (words) this.plate(pen, words, left - pen.lineWidth / 2, top - size * 1.9, size, width);
  }

  plate(pen, words, left, top, size, room) {
    pen.font = `600 ${size}px ${getComputedStyle(this.canvas).fontFamily}`;
    const pad = size / 2, high = size * 1.7;
    const width = Math.min(pen.measureText(words).width + 2 * pad, room);
    const [x, y] = [Math.max(0, Math.min(left, room - width)), Math.max(0, top)];
    pen.beginPath();
    pen.roundRect(x, y, width, high, size / 3);
    pen.fill();
    pen.fillStyle = "#fff";
    pen.fillText(words, x + pad, y + high / 2 + 1, width - 2 * pad);
  }
}
