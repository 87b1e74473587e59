/** What makes a face hard to read, and how sure a reading then has to be: `overlay/perception/doubt.py`. */

import { MODEL, NUMBERS, type Reason } from "../constants";
import type { Detection } from "../scene";

const { COVERED, TURNED, SMALL, DARK, FLAT, BLURRED, SURE, NEVER } = NUMBERS.doubt;

/** Why a face is hard to read, and the least probability that earns it a label. */
export interface Doubt {
  readonly reason: Reason | null;
  readonly unsureBelow: number;
}

/**
 * @param covered The network's score of a covered mouth.
 * @param quality Luminance, contrast, asymmetry and sharpness, as the network gives them.
 */
export function doubtAbout(face: Detection, covered: number, quality: readonly number[]): Doubt {
  if (covered >= COVERED) return { reason: "covered", unsureBelow: NEVER };
  const reason = obstacle(face, quality);
  const unsureBelow = reason === null ? MODEL.unsure : Math.max(MODEL.unsure, SURE);
  return { reason, unsureBelow };
}

function obstacle(face: Detection, quality: readonly number[]): Reason | null {
  const [luminance, contrast, , sharpness] = quality;
  if (turn(face) >= TURNED) return "turned";
  if (face.box.width < SMALL) return "small";
  if (luminance < DARK || contrast < FLAT) return "dark";
  return sharpness < BLURRED ? "blurred" : null;
}

/** How far the nose is from the middle between the eyes, in distances of the eyes. */
function turn({ keypoints: [right, left, nose] }: Detection): number {
  const [x, y] = [left[0] - right[0], left[1] - right[1]];
  if (Math.hypot(x, y) < 1e-6) return Infinity;
  const dx = nose[0] - (right[0] + left[0]) / 2;
  const dy = nose[1] - (right[1] + left[1]) / 2;
  return Math.abs(dx * x + dy * y) / (x * x + y * y);
}
