/** A second opinion on whether what the detector found is a face: `overlay/perception/face_check.py`. */

import { FACE_CHECK, NUMBERS } from "../constants";
import { type Detection, type Picture, center, iou, roundToEven } from "../scene";
import { crop, tileOf } from "./crop";
import type { FaceDetector } from "./detector";
import { orientedGradients } from "./gradients";
import { type Region, detectIn } from "./region";

const { VIEW, SAME, CROP, LEAST_SCORE, FEATURES } = NUMBERS.face_check;
const { weights: WEIGHTS, bias: BIAS } = FACE_CHECK;

/** A face as a closer look sees it, and the log odds that it is one. */
export interface Judged {
  readonly face: Detection;
  readonly logOdds: number;
}

/** Look at a face again; null if the closer look shows none. */
export function judgeFace(
  detector: FaceDetector, picture: Picture, face: Detection,
): Judged | null {
  let closer: Detection | null = null;
  for (const seen of detectIn(detector, view(face), picture)) {
    if (iou(seen.box, face.box) > (closer ? iou(closer.box, face.box) : 0)) closer = seen;
  }
  if (closer === null || iou(closer.box, face.box) < SAME) return null;
  const features = featuresOf(crop(picture, tileOf(closer), CROP), face.score, closer.score);
  const logOdds = features.reduce((sum, value, at) => sum + value * WEIGHTS[at], BIAS);
  return { face: { ...closer, score: Math.max(closer.score, face.score) }, logOdds };
}

/** The face as `judgeFace` sees it; null if it is more likely to be none. */
export function confirmFace(
  detector: FaceDetector, picture: Picture, face: Detection,
): Detection | null {
  const judged = judgeFace(detector, picture, face);
  return judged !== null && judged.logOdds >= 0 ? judged.face : null;
}

function featuresOf(tile: Uint8Array, score: number, closer: number): Float32Array {
  const features = new Float32Array(FEATURES);
  features.set(orientedGradients(tile));
  features.set([logOdds(score), logOdds(closer)], FEATURES - 2);
  return features;
}

function logOdds(score: number): number {
  const kept = Math.min(Math.max(score, LEAST_SCORE), 1 - LEAST_SCORE);
  return Math.log(kept / (1 - kept));
}

/** The square around a face that the closer look sees; it may extend beyond the picture. */
function view({ box }: Detection): Region {
  const [x, y] = center(box);
  const side = Math.max(box.width, box.height) * VIEW;
  const width = Math.max(1, roundToEven(side));
  return { x: roundToEven(x - side / 2), y: roundToEven(y - side / 2), width, height: width };
}
