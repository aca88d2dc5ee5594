// Whether anything moves before the camera, told from pictures of 32 × 24 points: cheap enough for
// every frame, and rough enough that a sensor's noise is none.

const ACROSS = 32, DOWN = 24;
const LEVELS_APART = 10;  // of 255; noise of a whole cell stays far below
const CELLS_MOVED = 4;  // of 768: a hand at the picture's edge
const AWAKE_S = 2;
const LOOK_EVERY_S = 0.06;
const DARK = 18;  // mean level of a covered lens or an unlit room
const BLIND_AFTER_S = 2;  // longer than a camera takes to wake, or a hand to pass

class Presence {
  constructor() {
    this.canvas = document.createElement("canvas");
    [this.canvas.width, this.canvas.height] = [ACROSS, DOWN];
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
    this.looked = 0; this.movedAt = this.litAt = seconds(); this.mean = 255;
    this.older = [];
  }

  get moving() { return seconds() - this.movedAt < AWAKE_S; }
  get dark() { return this.mean < DARK; }
  get blind() { return this.dark && seconds() - this.litAt > BLIND_AFTER_S; }

  // Compared with the look before and with one of a quarter of a second ago, for who comes slowly.
  look(video) {
    const now = seconds();
    if (now - this.looked < LOOK_EVERY_S) return;
    this.looked = now;
    const grey = this.grey(video);
    if (this.older.some((one) => this.apart(one, grey))) this.movedAt = now;
    this.older.push(grey);
    if (this.older.length > 4) this.older.shift();
  }

  grey(video) {
    this.pen.drawImage(video, 0, 0, ACROSS, DOWN);
    const { data } = this.pen.getImageData(0, 0, ACROSS, DOWN);
    const grey = new Uint8Array(ACROSS * DOWN);
    let sum = 0;
    for (let cell = 0; cell < grey.length; cell += 1) {
      const at = 4 * cell;
      grey[cell] = (3 * data[at] + 6 * data[at + 1] + data[at + 2]) / 10;
      sum += grey[cell];
    }
    this.mean = sum / grey.length;
    if (!this.dark) this.litAt = seconds();
    return grey;
  }

  apart(one, other) {
    let moved = 0;
    for (let cell = 0; cell < one.length; cell += 1) moved += Math.abs(one[cell] - other[cell]) > LEVELS_APART;
    return moved >= CELLS_MOVED;
  }
}
