/** Turns noisy readings into steady labels, as `overlay/perception/smoothing.py` does. */

import { EMOTIONS, type Label, MODEL, NUMBERS, type Reason, UNSURE } from "../constants";
import type { Emotion } from "../scene";

const { FADE_S, LEAD, HOLD_S, UNSURE_GAP, KEPT, FLOOR } = NUMBERS.smoothing;

/** Smooths the readings of one face over time. */
export class EmotionSmoother {
  label = UNSURE as Label;
  probabilities: readonly number[] | null = null;
  private logits: number[] = [];
  private unsureBelow = MODEL.unsure;
  private keptFrom = MODEL.unsure;
  private timeS = 0;
  private rival = UNSURE as Label;
  private rivalSinceS = 0;

  /**
   * Add a reading.
   *
   * @param reading In the order of `EMOTIONS`.
   * @param unsureBelow The least probability that earns a face in this picture a label.
   */
  update(reading: readonly number[], timeS: number, unsureBelow: number): void {
    const logits = reading.map((each) => Math.log(Math.max(each, FLOOR)));
    const easier = unsureBelow > 1 ? 0 : KEPT * (unsureBelow - MODEL.unsure);
    const keptFrom = unsureBelow - easier;
    if (this.probabilities === null) {
      [this.logits, this.unsureBelow, this.keptFrom] = [logits, unsureBelow, keptFrom];
      this.probabilities = softmax(logits);
      this.label = this.rival = judge(reading, unsureBelow);
    } else {
      const fresh = 1 - Math.exp(-Math.max(0, timeS - this.timeS) / FADE_S);
      this.logits = this.logits.map((each, i) => each + fresh * (logits[i] - each));
      this.unsureBelow += fresh * (unsureBelow - this.unsureBelow);
      this.keptFrom += fresh * (keptFrom - this.keptFrom);
      this.probabilities = softmax(this.logits);
      this.reconsider(this.probabilities, timeS);
    }
    this.timeS = timeS;
  }

  /** Change the label if another one has been better for long enough. */
  private reconsider(probabilities: readonly number[], timeS: number): void {
    const better = this.better(probabilities);
    if (better === this.label || better !== this.rival) {
      [this.rival, this.rivalSinceS] = [better, timeS];
    } else if (timeS - this.rivalSinceS >= HOLD_S) {
      this.label = better;
    }
  }

  /** The label by the probabilities alone, with a preference for the current one. */
  private better(probabilities: readonly number[]): Label {
    if (this.label === UNSURE) {
      return judge(probabilities, Math.min(1, this.unsureBelow + UNSURE_GAP));
    }
    const best = judge(probabilities, this.keptFrom);
    if (best === UNSURE) return best;
    const lead = Math.max(...probabilities) - probabilities[EMOTIONS.indexOf(this.label)];
    return lead >= LEAD ? best : this.label;
  }
}

/** The most probable emotion, or unsure if it is not probable enough. */
export function judge(probabilities: readonly number[], unsureBelow: number): Label {
  const most = Math.max(...probabilities);
  return (most >= unsureBelow ? EMOTIONS[probabilities.indexOf(most)] : UNSURE) as Label;
}

/** A label with what belongs to it; a reason is given only for unsure. */
export function toEmotion(
  label: Label, probabilities: readonly number[], reason: Reason | null, resting = false,
): Emotion {
  const known = EMOTIONS.indexOf(label);
  const probability = known < 0 ? Math.max(...probabilities) : probabilities[known];
  return { label, probability, probabilities, reason: known < 0 ? reason : null, resting };
}

function softmax(logits: readonly number[]): number[] {
  const most = Math.max(...logits);
  const exponentials = logits.map((each) => Math.exp(each - most));
  const sum = exponentials.reduce((total, each) => total + each, 0);
  return exponentials.map((each) => each / sum);
}
