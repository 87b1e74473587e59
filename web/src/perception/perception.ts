/** Turns pictures into scenes, as `overlay.Perception` does. */

import { NUMBERS } from "../constants";
import { type Detection, type Face, type Picture, type Scene, STILL, area, moved } from "../scene";
import { Classifier, type Sensitivity } from "./classifier";
import { FaceDetector } from "./detector";
import { confirmFace } from "./face_check";
import { findFaces } from "./picture_search";
import { Reader } from "./reader";
import { Tracker } from "./tracker";

const { KEEP, THRESHOLD } = NUMBERS.tracking;

export class Perception {
  private readonly reader: Reader;
  private readonly tracker = new Tracker();
  private lastS = -Infinity;

  private constructor(
    private readonly detector: FaceDetector,
    private readonly classifier: Classifier,
  ) {
    this.reader = new Reader(classifier);
  }

  /** @param folder Address of the folder with programs and models; ends with `/`. */
  static async open(folder: string): Promise<Perception> {
    const [detector, classifier] = await Promise.all([
      FaceDetector.open(folder, THRESHOLD * KEEP),
      Classifier.open(folder),
    ]);
    return new Perception(detector, classifier);
  }

  set sensitivity(sensitivity: Sensitivity) {
    this.classifier.sensitivity = sensitivity;
  }

  /** Read a frame that follows the previous one; if time goes back, all faces are forgotten. */
  async follow(picture: Picture, timeS: number): Promise<Scene> {
    if (timeS < this.lastS) this.reset();
    this.lastS = timeS;
    const admit = (face: Detection) => confirmFace(this.detector, picture, face);
    const tracks = this.tracker.update(this.detector.detect(picture), timeS, admit);
    this.reader.keep(this.tracker.tracks.map(({ id }) => id));
    const seen = new Map<number, Detection>();
    for (const track of tracks) if (track.seen) seen.set(track.id, track.seen);
    await this.reader.read(picture, seen, timeS);
    const faces = tracks.map((track): Face => {
      const { id, box, score, keypoints, velocity } = track;
      const face = { id, box, score, keypoints, velocity, emotion: this.reader.emotion(id) };
      return moved(face, track.unseenS(timeS));
    });
    return toScene(picture, timeS, faces);
  }

  /** Read a picture that stands alone. */
  async judgeAlone(picture: Picture): Promise<Scene> {
    const found = findFaces(this.detector, picture).sort((a, b) => area(b.box) - area(a.box));
    const emotions = await this.reader.readAlone(picture, found);
    const faces = found.map((face, i) => (
      { ...face, id: i + 1, velocity: STILL, emotion: emotions[i] }));
    return toScene(picture, 0, faces);
  }

  /** Forget all faces. */
  reset(): void {
    this.tracker.forget();
    this.reader.keep([]);
    this.lastS = -Infinity;
  }
}

function toScene({ width, height }: Picture, timeS: number, faces: Face[]): Scene {
  faces.sort((a, b) => area(b.box) - area(a.box) || a.id - b.id);
  return { timeS, width, height, faces };
}
