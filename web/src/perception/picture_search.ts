/** Finds the faces of a single picture, as `overlay/perception/picture_search.py` does. */

import { NUMBERS } from "../constants";
import { type Detection, type Picture, type Point, iou, roundToEven, surestFirst } from "../scene";
import { type FaceDetector, dropDuplicates } from "./detector";
import { type Judged, judgeFace } from "./face_check";
import { type Region, detectIn } from "./region";
import { resized, turned } from "./resize";

const {
  PART, PARTS, TURNED_PARTS, UPRIGHT, LARGEST_PART, SHARED, SAME, SMALL, LARGE,
} = NUMBERS.picture_search;
const { THRESHOLD } = NUMBERS.tracking;

/**
 * The faces of a picture that stands alone, most confident first, each once.
 *
 * It is searched whole, with an edge around it, and in overlapping parts; if no face surely stands
 * upright, in all four directions.
 */
export function findFaces(detector: FaceDetector, picture: Picture): Detection[] {
  const upright = uprightFaces(detector, picture, PARTS);
  if (Math.max(0, ...upright.map(({ logOdds }) => logOdds)) >= UPRIGHT) {
    return upright.map(({ face }) => face);
  }
  const sum = (faces: Judged[]) => faces.reduce((total, { logOdds }) => total + logOdds, 0);
  let [best, quarters] = [upright, 0];
  for (const turns of [1, 2, 3]) {
    const found = uprightFaces(detector, turned(picture, turns), TURNED_PARTS);
    if (sum(found) > sum(best)) [best, quarters] = [found, turns];
  }
  return best.map(({ face }) => turnedBack(face, quarters, picture));
}

function uprightFaces(detector: FaceDetector, picture: Picture, parts: number): Judged[] {
  const sure = new Map<Detection, Judged>();
  for (const candidate of candidates(detector, picture, parts)) {
    const judged = judgeFace(detector, picture, candidate);
    if (judged && judged.logOdds >= 0 && judged.face.score >= THRESHOLD) {
      sure.set(judged.face, judged);
    }
  }
  return dropDuplicates([...sure.keys()]).map((face) => sure.get(face)!);
}

/** What may be an upright face in a picture: most faces, and much else. */
function candidates(detector: FaceDetector, picture: Picture, parts: number): Detection[] {
  const found = [...detector.detect(picture), ...framed(detector, picture)];
  for (const region of regions(picture, parts)) found.push(...detectIn(detector, region, picture));
  const kept: Detection[] = [];
  for (const each of found.sort(surestFirst)) {
    if (kept.every((other) => iou(each.box, other.box) < SAME)) kept.push(each);
  }
  return kept;
}

/** The parts of a picture to search, smallest first. */
function* regions({ width, height }: Picture, parts: number): Generator<Region> {
  const longest = Math.max(width, height);
  let side = Math.max(PART, Math.floor(longest / parts));
  for (; side < LARGEST_PART * longest; side *= 2) {
    for (const y of starts(height, side)) {
      for (const x of starts(width, side)) {
        yield { x, y, width: Math.min(side, width), height: Math.min(side, height) };
      }
    }
  }
}

/** Where parts begin that cover a length and share enough with each other. */
function starts(length: number, side: number): number[] {
  const rest = Math.max(0, length - side);
  const steps = Math.ceil(rest / (side * (1 - SHARED)));
  return Array.from({ length: steps + 1 }, (_, i) => roundToEven((i * rest) / Math.max(1, steps)));
}

/** The faces of a picture whose edge is repeated around it. */
function framed(detector: FaceDetector, picture: Picture): Detection[] {
  const sides = [picture.width, picture.height];
  const enlarged = Math.max(1, SMALL / Math.min(...sides));
  const scale = Math.min(enlarged, LARGE / Math.max(...sides));
  const [width, height] = sides.map((side) => Math.max(1, roundToEven(side * scale)));
  const edge = Math.floor(Math.max(width, height) / 2);
  const around = { x: -edge, y: -edge, width: width + 2 * edge, height: height + 2 * edge };
  const found = detectIn(detector, around, resized(picture, width, height));
  return found.map((face) => scaled(face, 1 / scale));
}

function scaled({ box, score, keypoints }: Detection, scale: number): Detection {
  const [x, y] = [box.x * scale, box.y * scale];
  return {
    box: { x, y, width: box.width * scale, height: box.height * scale },
    score,
    keypoints: keypoints.map(([px, py]) => [px * scale, py * scale] as const),
  };
}

/** A face of a picture that was turned so many quarters, in pixels of the picture as it was. */
function turnedBack(face: Detection, quarters: number, { width, height }: Picture): Detection {
  let { box, keypoints } = face;
  for (let quarter = quarters; quarter > 0; quarter--) {
    const across = quarter % 2 ? width : height;
    box = { x: across - box.y - box.height, y: box.x, width: box.height, height: box.width };
    keypoints = keypoints.map(([x, y]): Point => [across - y, x]);
  }
  return { ...face, box, keypoints };
}
