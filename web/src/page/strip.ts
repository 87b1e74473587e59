/** The labels of the largest face over the last minute, as a strip of colours and in words. */

import { type Label, THEMES } from "../constants";
import type { Scene } from "../scene";
import { labelName, share, text } from "./texts";
import { theme } from "./themes";

const LENGTH_S = 60;
/** So often it is drawn, in seconds. */
const EVERY_S = 0.5;

interface Moment {
  readonly timeS: number;
  readonly label: Label | null;
}

export class Strip {
  private readonly canvas = document.getElementById("strip") as HTMLCanvasElement;
  private readonly words = document.getElementById("shares")!;
  private moments: Moment[] = [];
  private drawnS = -Infinity;

  add(scene: Scene): void {
    const largest = scene.faces.find(({ emotion }) => emotion !== null);
    this.moments.push({ timeS: scene.timeS, label: largest?.emotion?.label ?? null });
    const first = this.moments.findIndex(({ timeS }) => timeS >= scene.timeS - LENGTH_S);
    this.moments.splice(0, Math.max(0, first - 1));
    if (scene.timeS - this.drawnS < EVERY_S) return;
    this.drawnS = scene.timeS;
    this.draw(scene.timeS);
    this.describe(scene.timeS);
  }

  clear(): void {
    this.moments = [];
    this.drawnS = -Infinity;
    this.words.textContent = "";
  }

  private draw(nowS: number): void {
    const context = this.canvas.getContext("2d")!;
    const { width, height } = this.canvas;
    context.clearRect(0, 0, width, height);
    this.spans(nowS).forEach(({ label, fromS, toS }) => {
      if (label === null) return;
      context.fillStyle = THEMES[theme()].emotions[label];
      const x = width * (1 - (nowS - fromS) / LENGTH_S);
      context.fillRect(x, 0, Math.max(1, ((toS - fromS) / LENGTH_S) * width + 0.5), height);
    });
  }

  private describe(nowS: number): void {
    const seconds = new Map<Label, number>();
    for (const { label, fromS, toS } of this.spans(nowS)) {
      if (label !== null) seconds.set(label, (seconds.get(label) ?? 0) + toS - fromS);
    }
    const all = [...seconds.values()].reduce((sum, each) => sum + each, 0);
    const parts = [...seconds].sort((a, b) => b[1] - a[1]).filter(([, each]) => each >= 0.01 * all);
    this.words.textContent = parts.map(([label, each]) => `${labelName(label)} ${share(each / all)}`).join(", ");
    this.canvas.setAttribute("aria-label", `${text("strip")}: ${this.words.textContent}`);
  }

  private spans(nowS: number): { label: Label | null; fromS: number; toS: number }[] {
    return this.moments.map(({ timeS, label }, i) => {
      const toS = this.moments[i + 1]?.timeS ?? nowS;
      return { label, fromS: Math.max(timeS, nowS - LENGTH_S), toS: Math.max(toS, nowS - LENGTH_S) };
    });
  }
}
