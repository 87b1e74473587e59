/** Parts of a picture; see `Region` in `overlay/perception/search.py`. */

import type { FaceDetector } from "./detector";
import type { Box, Detection, Picture } from "../scene";

/** A part of a picture, in whole pixels; it may extend beyond the picture. */
export type Region = Box;

/** The faces that lie entirely in a region, in pixels of the picture. */
export function detectIn(detector: FaceDetector, region: Region, picture: Picture): Detection[] {
  return detector
    .detect(cut(picture, region))
    .map((face) => shifted(face, region))
    .filter((face) => holds(region, face.box, picture));
}

/** The pixels of a region; beyond the picture's edge, the edge is repeated. */
export function cut({ data, width, height }: Picture, region: Region): Picture {
  const part = new ImageData(region.width, region.height);
  const from = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const to = new Uint32Array(part.data.buffer);
  const left = Math.min(Math.max(0, -region.x), region.width);
  const right = Math.min(region.width, Math.max(left, width - region.x));
  for (let y = 0; y < region.height; y++) {
    const row = Math.min(Math.max(region.y + y, 0), height - 1) * width;
    const start = y * region.width;
    to.fill(from[row], start, start + left);
    to.set(from.subarray(row + region.x + left, row + region.x + right), start + left);
    to.fill(from[row + width - 1], start + right, start + region.width);
  }
  return part;
}

/** Whether a region contains all of a box that is inside the picture. */
function holds(region: Region, box: Box, { width, height }: Picture): boolean {
  const [left, top] = [Math.max(0, box.x), Math.max(0, box.y)];
  const right = Math.min(width, box.x + box.width);
  const bottom = Math.min(height, box.y + box.height);
  const across = region.x <= left && right <= region.x + region.width;
  return across && region.y <= top && bottom <= region.y + region.height;
}

function shifted(face: Detection, { x, y }: Region): Detection {
  return {
    box: { ...face.box, x: face.box.x + x, y: face.box.y + y },
    score: face.score,
    keypoints: face.keypoints.map(([px, py]) => [px + x, py + y] as const),
  };
}
