/** Reads the expressions of faces, as `overlay/perception/reader.py` does. */

import { MODEL } from "../constants";
import type { Detection, Emotion, Picture } from "../scene";
import type { Classifier } from "./classifier";
import { crop, tileOf } from "./crop";
import { type Doubt, doubtAbout } from "./doubt";
import { RestingFace } from "./resting";
import { EmotionSmoother, judge, toEmotion } from "./smoothing";

interface Said {
  readonly reading: readonly number[];
  readonly doubt: Doubt;
}

/** What is known of one face. */
class Known {
  private readonly smoother = new EmotionSmoother();
  private readonly resting = new RestingFace();
  private doubt: Doubt | null = null;

  take({ reading, doubt }: Said, timeS: number): void {
    if (doubt.reason === null) this.resting.observe(reading, timeS);
    this.smoother.update(this.resting.allowFor(reading), timeS, doubt.unsureBelow);
    this.doubt = doubt;
  }

  get emotion(): Emotion | null {
    const { label, probabilities } = this.smoother;
    if (probabilities === null) return null;
    return toEmotion(label, probabilities, this.doubt?.reason ?? null, this.resting.learnt);
  }
}

export class Reader {
  private known = new Map<number, Known>();

  constructor(private readonly classifier: Classifier) {}

  /** Read faces, by track number, and smooth over time. */
  async read(picture: Picture, faces: ReadonlyMap<number, Detection>, timeS: number): Promise<void> {
    const said = await this.ask(picture, [...faces.values()]);
    [...faces.keys()].forEach((number, i) => {
      if (!this.known.has(number)) this.known.set(number, new Known());
      this.known.get(number)!.take(said[i], timeS);
    });
  }

  /** What a face looks like; null if it has not been read yet. */
  emotion(number: number): Emotion | null {
    return this.known.get(number)?.emotion ?? null;
  }

  /** Forget all faces but these. */
  keep(numbers: readonly number[]): void {
    this.known = new Map([...this.known].filter(([number]) => numbers.includes(number)));
  }

  /** Read faces without smoothing or remembering anything. */
  async readAlone(picture: Picture, faces: readonly Detection[]): Promise<Emotion[]> {
    const said = await this.ask(picture, faces);
    return said.map(({ reading, doubt }) =>
      toEmotion(judge(reading, doubt.unsureBelow), reading, doubt.reason));
  }

  private async ask(picture: Picture, faces: readonly Detection[]): Promise<Said[]> {
    const crops = faces.map((face) => crop(picture, tileOf(face), MODEL.side));
    const readings = await this.classifier.classify(crops);
    return readings.map(({ emotion, covered, quality }, i) => ({
      reading: emotion,
      doubt: doubtAbout(faces[i], covered, quality),
    }));
  }
}
