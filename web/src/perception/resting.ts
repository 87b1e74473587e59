/** A person's own resting face, learnt while they are in view: `overlay/perception/resting.py`. */

import { MODEL, NUMBERS } from "../constants";

const { LEARNT_S, KEPT_S, EVERY_S, SHARE, MOST, BOLDER, TINY } = NUMBERS.resting;
const KEPT = Math.round(KEPT_S / EVERY_S);
const NEUTRAL = MODEL.resting.length - 1;

/** The resting face of one track. */
export class RestingFace {
  private kept: number[][] = [];
  private keptS = -Infinity;
  private offset: readonly number[] = MODEL.resting.map(() => 0);

  /** Whether readings are changed. */
  get learnt(): boolean {
    return this.kept.length * EVERY_S >= LEARNT_S;
  }

  /** Learn from a reading of a clear face. */
  observe(reading: readonly number[], timeS: number): void {
    const sinceS = timeS - this.keptS;
    if (sinceS >= 0 && sinceS < EVERY_S) return;
    this.keptS = timeS;
    const logits = reading.map((each) => Math.log(Math.max(each, TINY)));
    this.kept.push(logits.map((each) => each - logits[NEUTRAL]));
    if (this.kept.length > KEPT) this.kept.shift();
    if (!this.learnt) return;
    this.offset = MODEL.resting.map((typical, i) => {
      const usual = median(this.kept.map((each) => each[i]));
      return Math.min(Math.max(SHARE * (usual - typical), -MOST), MOST);
    });
  }

  /** A reading as it would be with other people's resting face. */
  allowFor(reading: readonly number[]): readonly number[] {
    if (!this.learnt) return reading;
    const odds = reading.map((each, i) => Math.max(each, TINY) * Math.exp(-this.offset[i]));
    odds[NEUTRAL] *= Math.exp(-BOLDER);
    const sum = odds.reduce((total, each) => total + each, 0);
    return odds.map((each) => each / sum);
  }
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const half = values.length >> 1;
  return values.length % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}
