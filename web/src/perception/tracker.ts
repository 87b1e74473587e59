/** Tracks faces from frame to frame, as `overlay/perception/tracker.py` does. */

import { NUMBERS } from "../constants";
import {
  type Box, type Detection, type Point, STILL, type Velocity, center, compareBoxes, iou, surestFirst,
} from "../scene";

const {
  FORGET_S, COAST_S, SURE, CUTOFF, CUTOFF_RISE, SPEED_CUTOFF, DEAD_SPEED, REACH, SIZE_RATIO, SAME_PLACE,
} = NUMBERS.tracker;
const { THRESHOLD } = NUMBERS.tracking;

/** Looks at what may be a new face: the face, with a better box perhaps, or null. */
export type Admit = (face: Detection) => Detection | null;

/** One face over time. */
export class Track {
  score: number;
  seen: Detection | null;
  shown: boolean;
  private seenS: number;
  private state: number[];
  private raw: number[];
  /** Of centre x and y (box widths per second) and log size (per second). */
  private speed = [0, 0, 0];

  constructor(readonly id: number, detection: Detection, timeS: number) {
    this.score = detection.score;
    this.seen = detection;
    this.shown = detection.score >= SURE;
    this.seenS = timeS;
    this.state = this.raw = toVector(detection);
  }

  /** The smoothed box, in pixels. */
  get box(): Box {
    const [x, y, size, shape] = this.state;
    const [width, height] = [Math.exp(size), Math.exp(size + shape)];
    return { x: x - width / 2, y: y - height / 2, width, height };
  }

  /** The smoothed key points, in pixels. */
  get keypoints(): Point[] {
    const [x, y, size] = this.state;
    const points: Point[] = [];
    for (let i = 4; i < this.state.length; i += 2) {
      points.push([this.state[i] * Math.exp(size) + x, this.state[i + 1] * Math.exp(size) + y]);
    }
    return points;
  }

  /** The motion of the face; exactly `STILL` if it only jitters. */
  get velocity(): Velocity {
    const [x, y, growth] = this.speed;
    const [moving, growing] = [Math.hypot(x, y), Math.abs(growth)];
    if (moving <= DEAD_SPEED && growing <= DEAD_SPEED) return STILL;
    const move = moving ? Math.max(0, 1 - DEAD_SPEED / moving) * Math.exp(this.state[2]) : 0;
    const grow = growing ? Math.max(0, 1 - DEAD_SPEED / growing) : 0;
    return { x: x * move, y: y * move, growth: growth * grow };
  }

  /** Where the face is expected, in pixels. */
  predicted(timeS: number): Box {
    const reach = Math.exp(this.state[2]) * this.unseenS(timeS);
    const box = this.box;
    return { ...box, x: box.x + this.speed[0] * reach, y: box.y + this.speed[1] * reach };
  }

  unseenS(timeS: number): number {
    return timeS - this.seenS;
  }

  /** Update box, key points and velocity with the detection in a new frame. */
  update(detection: Detection, timeS: number): void {
    const seconds = Math.max(1e-3, timeS - this.seenS);
    const measured = toVector(detection);
    const size = Math.exp(this.state[2]);
    const fresh = weight(SPEED_CUTOFF, seconds);
    this.speed = this.speed.map((speed, i) => {
      const change = (measured[i] - this.raw[i]) / seconds;
      return speed + fresh * ((i < 2 ? change / size : change) - speed);
    });
    const share = weight(CUTOFF + CUTOFF_RISE * Math.hypot(...this.speed), seconds);
    this.state = this.state.map((value, i) => value + share * (measured[i] - value));
    this.raw = measured;
    [this.seenS, this.score, this.seen, this.shown] = [timeS, detection.score, detection, true];
  }

  miss(): void {
    this.seen = null;
  }
}

/** Assigns the detections of successive frames to tracks. */
export class Tracker {
  /** All remembered faces, including those that are not shown. */
  tracks: Track[] = [];
  private lastId = 0;

  /** Update the tracks with the detections of one frame; returns those to show. */
  update(detections: readonly Detection[], timeS: number, admit: Admit): Track[] {
    this.tracks = this.tracks.filter((track) => track.unseenS(timeS) <= FORGET_S);
    const matches = this.match(detections, timeS);
    for (const track of this.tracks) {
      const match = matches.get(track);
      if (match) track.update(match, timeS);
      else track.miss();
    }
    const taken = new Set(matches.values());
    const unknown = detections.filter((each) => !taken.has(each));
    for (const detection of unknown.sort(surestFirst)) {
      const face = admit(detection);
      if (face !== null && face.score >= THRESHOLD) this.start(face, timeS);
    }
    return this.tracks.filter((track) => track.shown && track.unseenS(timeS) <= COAST_S);
  }

  /** Drop all tracks; their numbers are not used again. */
  forget(): void {
    this.tracks = [];
  }

  private start(face: Detection, timeS: number): void {
    const free = (track: Track) => track.seen === null || iou(track.box, face.box) < SAME_PLACE;
    if (this.tracks.every(free)) this.tracks.push(new Track(++this.lastId, face, timeS));
  }

  /** Pair tracks with detections, best first. */
  private match(detections: readonly Detection[], timeS: number): Map<Track, Detection> {
    const pairs: { cost: number; track: Track; found: Detection }[] = [];
    for (const track of this.tracks) {
      const expected = track.predicted(timeS);
      for (const found of detections) {
        if (!track.shown && found.score < THRESHOLD) continue;
        const cost = costOf(expected, found.box);
        if (cost !== null) pairs.push({ cost, track, found });
      }
    }
    pairs.sort((a, b) =>
      a.cost - b.cost || a.track.id - b.track.id || compareBoxes(a.found.box, b.found.box));
    const matches = new Map<Track, Detection>();
    const taken = new Set<Detection>();
    for (const { track, found } of pairs) {
      if (matches.has(track) || taken.has(found)) continue;
      matches.set(track, found);
      taken.add(found);
    }
    return matches;
  }
}

/** How badly a detection fits the expected box, or null if it cannot be the same face. */
function costOf(expected: Box, found: Box): number | null {
  const size = (expected.width + found.width) / 2;
  const ratio = expected.width / found.width;
  const [[ex, ey], [fx, fy]] = [center(expected), center(found)];
  const distance = Math.hypot(ex - fx, ey - fy) / size;
  if (distance > REACH || ratio < 1 / SIZE_RATIO || ratio > SIZE_RATIO) return null;
  return distance + Math.abs(Math.log(ratio)) - iou(expected, found);
}

/** Centre, log width, log aspect, and key points in box widths from the centre. */
function toVector({ box, keypoints }: Detection): number[] {
  const [x, y] = center(box);
  const width = Math.max(1, box.width);
  const shape = Math.log(Math.max(1, box.height) / width);
  const points = keypoints.flatMap(([px, py]) => [(px - x) / width, (py - y) / width]);
  return [x, y, Math.log(width), shape, ...points];
}

/** The weight of a new value in a low-pass filter, any time after the previous one. */
function weight(cutoffHz: number, seconds: number): number {
  return 1 - Math.exp(-2 * Math.PI * cutoffHz * seconds);
}
