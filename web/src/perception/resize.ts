/** Pictures in another size, and turned by quarters. */

import type { Picture } from "../scene";

/** How a pixel of a line is made of pixels of the line before: where these begin, and weights. */
interface Taps {
  readonly start: number;
  readonly weights: readonly number[];
}

/** The picture in another size: averaged if it becomes smaller, else interpolated linearly. */
export function resized(picture: Picture, width: number, height: number): Picture {
  if (width === picture.width && height === picture.height) return picture;
  const lines = stretch(picture.data, picture.height, picture.width, taps(picture.width, width), 4);
  const columns = stretch(lines, 1, picture.height, taps(picture.height, height), 4 * width);
  return new ImageData(Uint8ClampedArray.from(columns), width, height);
}

/** The picture turned to the left by quarters, as `numpy.rot90` does. */
export function turned(picture: Picture, quarters: number): Picture {
  if (quarters === 0) return picture;
  const { width, height } = picture;
  const result = new ImageData(height, width);
  const from = new Uint32Array(picture.data.buffer, picture.data.byteOffset, width * height);
  const to = new Uint32Array(result.data.buffer);
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < height; x++) to[y * height + x] = from[x * width + width - 1 - y];
  }
  return turned(result, quarters - 1);
}

/** Bring `count` lines of `length` items, each of `size` values, to the length of the taps. */
function stretch(
  from: ArrayLike<number>, count: number, length: number, pixels: readonly Taps[], size: number,
): Float32Array {
  const to = new Float32Array(count * pixels.length * size);
  for (let line = 0; line < count; line++) {
    pixels.forEach(({ start, weights }, pixel) => {
      const target = (line * pixels.length + pixel) * size;
      weights.forEach((weight, tap) => {
        const source = (line * length + start + tap) * size;
        for (let i = 0; i < size; i++) to[target + i] += weight * from[source + i];
      });
    });
  }
  return to;
}

function taps(before: number, after: number): Taps[] {
  const step = before / after;
  return Array.from({ length: after }, (_, i) =>
    step > 1 ? averaging(i * step, (i + 1) * step, before) : between((i + 0.5) * step - 0.5, before),
  );
}

function averaging(from: number, to: number, length: number): Taps {
  const start = Math.floor(from);
  const end = Math.min(length, Math.ceil(to - 1e-9));
  const weights = Array.from({ length: end - start }, (_, i) => {
    const covered = Math.min(to, start + i + 1) - Math.max(from, start + i);
    return covered / (to - from);
  });
  return { start, weights };
}

function between(place: number, length: number): Taps {
  const start = Math.min(Math.max(Math.floor(place), 0), Math.max(0, length - 2));
  const share = Math.min(Math.max(place - start, 0), 1);
  return { start, weights: length > 1 ? [1 - share, share] : [1] };
}
