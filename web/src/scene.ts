/** The data that flows through the page, as in `overlay/scene.py`. */

import type { Label, Reason } from "./constants";

/** x to the right and y down, in pixels. */
export type Point = readonly [number, number];

/** A rectangle in pixels of the picture; it may extend beyond it. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** One face found in one picture. Key points: right and left eye, nose, mouth, right and left ear. */
export interface Detection {
  readonly box: Box;
  readonly score: number;
  readonly keypoints: readonly Point[];
}

/** What a face looks like; `probabilities` are in the order of `EMOTIONS`. */
export interface Emotion {
  readonly label: Label;
  readonly probability: number;
  readonly probabilities: readonly number[];
  readonly reason: Reason | null;
  readonly resting: boolean;
}

/** Pixels a second, and relative growth a second. */
export interface Velocity {
  readonly x: number;
  readonly y: number;
  readonly growth: number;
}

export const STILL: Velocity = { x: 0, y: 0, growth: 0 };

export interface Face extends Detection {
  readonly id: number;
  readonly emotion: Emotion | null;
  readonly velocity: Velocity;
}

/** The faces of one picture, largest first. */
export interface Scene {
  readonly timeS: number;
  readonly width: number;
  readonly height: number;
  readonly faces: readonly Face[];
}

/** A picture as a canvas gives it: RGBA, not mirrored. */
export type Picture = ImageData;

export const area = (box: Box): number => box.width * box.height;

export const center = (box: Box): Point => [box.x + box.width / 2, box.y + box.height / 2];

/** Intersection over union, 0 to 1. */
export function iou(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  return (width * height) / (area(a) + area(b) - width * height);
}

/** The order of Python's sort by `(-score, box)`. */
export function surestFirst(a: Detection, b: Detection): number {
  return b.score - a.score || compareBoxes(a.box, b.box);
}

export function compareBoxes(a: Box, b: Box): number {
  return a.x - b.x || a.y - b.y || a.width - b.width || a.height - b.height;
}

/** The face where its velocity takes it in so many seconds. */
export function moved(face: Face, seconds: number): Face {
  const { x, y, growth } = face.velocity;
  if (seconds === 0 || face.velocity === STILL) return face;
  const scale = Math.max(0.5, 1 + growth * seconds);
  const [cx, cy] = center(face.box);
  const move = ([px, py]: Point): Point => [
    cx + x * seconds + (px - cx) * scale,
    cy + y * seconds + (py - cy) * scale,
  ];
  const [left, top] = move([face.box.x, face.box.y]);
  const { width, height } = face.box;
  const box = { x: left, y: top, width: width * scale, height: height * scale };
  return { ...face, box, keypoints: face.keypoints.map(move) };
}

/** The nearest whole number, and the even one of two, as Python rounds. */
export function roundToEven(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}
