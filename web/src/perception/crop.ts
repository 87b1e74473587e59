/** Cuts faces out of a picture with the geometry of the training tiles; see `overlay/perception/crop.py`. */

import { NUMBERS } from "../constants";
import { type Detection, type Picture, type Point, center } from "../scene";

const { SIDE, OFFSET, MAX_OVERSAMPLING } = NUMBERS.crop;

/** The square of a picture that becomes a crop; `roll` is the head's tilt, in radians. */
export interface Tile {
  readonly center: Point;
  readonly side: number;
  readonly roll: number;
}

/** The square around a face that matches the training tiles, rotated so that eyes are level. */
export function tileOf({ box, keypoints }: Pick<Detection, "box" | "keypoints">): Tile {
  const [right, left] = keypoints;
  const roll = Math.atan2(left[1] - right[1], left[0] - right[0]);
  const [cos, sin] = [Math.cos(roll), Math.sin(roll)];
  const [dx, dy] = [OFFSET[0] * box.width, OFFSET[1] * box.width];
  const [x, y] = center(box);
  const middle: Point = [x + cos * dx - sin * dy, y + sin * dx + cos * dy];
  return { center: middle, side: Math.max(1, SIDE * box.width), roll };
}

/**
 * Cut one tile out of a picture, in gray.
 *
 * Beyond the edge the border is repeated. A face larger than the crop is drawn large and then
 * scaled down by averaging.
 *
 * @param size Side of the crop in pixels.
 * @returns `size` x `size` gray levels.
 */
export function crop(picture: Picture, tile: Tile, size: number): Uint8Array {
  const times = Math.min(MAX_OVERSAMPLING, Math.max(1, Math.ceil(tile.side / size)));
  const large = draw(picture, tile, size * times);
  return times === 1 ? large : average(large, size, times);
}

function draw(picture: Picture, tile: Tile, side: number): Uint8Array {
  const step = tile.side / side;
  const [a, b] = [step * Math.cos(tile.roll), step * Math.sin(tile.roll)];
  const middle = side / 2 - 0.5;
  // From the centre of a crop pixel to the centre of a picture pixel; both are at 0.5, 1.5, ...
  const x0 = tile.center[0] - 0.5 - (a - b) * middle;
  const y0 = tile.center[1] - 0.5 - (a + b) * middle;
  const drawn = new Uint8Array(side * side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const x = x0 + a * column - b * row;
      const y = y0 + b * column + a * row;
      drawn[row * side + column] = sample(picture, x, y);
    }
  }
  return drawn;
}

/** The gray level between four pixels. */
function sample({ data, width, height }: Picture, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [across, down] = [x - left, y - top];
  const x0 = Math.min(Math.max(left, 0), width - 1);
  const x1 = Math.min(Math.max(left + 1, 0), width - 1);
  const y0 = Math.min(Math.max(top, 0), height - 1) * width;
  const y1 = Math.min(Math.max(top + 1, 0), height - 1) * width;
  const above = gray(data, y0 + x0) * (1 - across) + gray(data, y0 + x1) * across;
  const below = gray(data, y1 + x0) * (1 - across) + gray(data, y1 + x1) * across;
  return Math.round(above * (1 - down) + below * down);
}

/** ITU-R BT.601 in OpenCV's fixed point. */
function gray(data: Uint8ClampedArray, pixel: number): number {
  const at = 4 * pixel;
  return (9798 * data[at] + 19235 * data[at + 1] + 3735 * data[at + 2] + 16384) >> 15;
}

function average(large: Uint8Array, size: number, times: number): Uint8Array {
  const small = new Uint8Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum = 0;
      for (let y = row * times; y < (row + 1) * times; y++) {
        const from = y * size * times + column * times;
        for (let at = from; at < from + times; at++) sum += large[at];
      }
      small[row * size + column] = Math.round(sum / (times * times));
    }
  }
  return small;
}
