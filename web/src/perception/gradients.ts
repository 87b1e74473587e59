/**
 * A histogram of oriented gradients (Dalal and Triggs, CVPR 2005) as OpenCV's `HOGDescriptor`
 * computes it for a 48x48 picture: blocks of 16, steps and cells of 8, nine unsigned directions.
 */

const SIDE = 48;
const [BLOCK, CELL, BINS] = [16, 8, 9];
const BLOCKS = (SIDE - BLOCK) / CELL + 1;
const CELLS = BLOCK / CELL;
const LENGTH = CELLS * CELLS * BINS;
const SIGMA = BLOCK / 4;
const CLIP = 0.2;

/** Weights of pixels in a block: a Gaussian around its middle. */
const WEIGHTS = Float32Array.from({ length: BLOCK * BLOCK }, (_, at) => {
  const [x, y] = [(at % BLOCK) - BLOCK / 2, Math.floor(at / BLOCK) - BLOCK / 2];
  return Math.exp(-(x * x + y * y) / (2 * SIGMA * SIGMA));
});

/** The 900 features of a 48x48 picture in gray levels. */
export function orientedGradients(picture: Uint8Array): Float32Array {
  const { bins, sizes } = votes(picture);
  const features = new Float32Array(BLOCKS * BLOCKS * LENGTH);
  for (let column = 0; column < BLOCKS; column++) {
    for (let row = 0; row < BLOCKS; row++) {
      const start = (column * BLOCKS + row) * LENGTH;
      const block = features.subarray(start, start + LENGTH);
      collect(bins, sizes, column * CELL, row * CELL, block);
      normalize(block);
    }
  }
  return features;
}

/** For each pixel, the first of two neighbouring directions and how much it counts for each. */
function votes(picture: Uint8Array): { bins: Uint8Array; sizes: Float32Array } {
  const roots = Float32Array.from(picture, Math.sqrt); // gamma correction
  const bins = new Uint8Array(SIDE * SIDE);
  const sizes = new Float32Array(2 * SIDE * SIDE);
  const inside = (at: number) => (at < 0 ? -at : at >= SIDE ? 2 * SIDE - 2 - at : at);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const dx = roots[y * SIDE + inside(x + 1)] - roots[y * SIDE + inside(x - 1)];
      const dy = roots[inside(y + 1) * SIDE + x] - roots[inside(y - 1) * SIDE + x];
      const place = (degrees(dx, dy) * BINS) / 180 - 0.5;
      const first = Math.floor(place);
      const size = Math.hypot(dx, dy);
      const at = y * SIDE + x;
      bins[at] = (first + BINS) % BINS;
      sizes[2 * at] = size * (1 - (place - first));
      sizes[2 * at + 1] = size * (place - first);
    }
  }
  return { bins, sizes };
}

/** OpenCV's `fastAtan2`, which is off by up to a third of a degree. */
function degrees(x: number, y: number): number {
  const [ax, ay] = [Math.abs(x), Math.abs(y)];
  const ratio = Math.min(ax, ay) / (Math.max(ax, ay) + Number.EPSILON);
  const square = ratio * ratio;
  const inner = (-0.04432655554792128 * square + 0.1555786518463281) * square - 0.3258083974640975;
  const small = ((inner * square + 0.9997878412794807) * ratio * 180) / Math.PI;
  const right = ax >= ay ? small : 90 - small;
  const upper = x < 0 ? 180 - right : right;
  return y < 0 ? 360 - upper : upper;
}

function collect(
  bins: Uint8Array, sizes: Float32Array, left: number, top: number, block: Float32Array,
): void {
  for (let y = 0; y < BLOCK; y++) {
    for (let x = 0; x < BLOCK; x++) {
      const at = (top + y) * SIDE + left + x;
      const [cx, cy] = [(x + 0.5) / CELL - 0.5, (y + 0.5) / CELL - 0.5];
      for (let i = 0; i < CELLS; i++) {
        for (let j = 0; j < CELLS; j++) {
          const near = (1 - Math.abs(cx - i)) * (1 - Math.abs(cy - j));
          if (Math.abs(cx - i) >= 1 || Math.abs(cy - j) >= 1) continue;
          const weight = near * WEIGHTS[y * BLOCK + x];
          const cell = (i * CELLS + j) * BINS;
          block[cell + bins[at]] += weight * sizes[2 * at];
          block[cell + ((bins[at] + 1) % BINS)] += weight * sizes[2 * at + 1];
        }
      }
    }
  }
}

/** To unit length, clip, and to unit length again. */
function normalize(block: Float32Array): void {
  const length = () => Math.sqrt(block.reduce((sum, value) => sum + value * value, 0));
  const first = 1 / (length() + LENGTH * 0.1);
  block.forEach((value, at) => (block[at] = Math.min(value * first, CLIP)));
  const second = 1 / (length() + 1e-3);
  block.forEach((value, at) => (block[at] = value * second));
}
