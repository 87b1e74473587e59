/** Results of files: a figure each, with what was found and a button to save it. */

import type { Label } from "../constants";
import type { Face } from "../scene";
import { describe } from "./panel";
import { labelName, text } from "./texts";

/** Of more faces than this, the labels are counted. */
const MOST_NAMED = 6;

/** One file's place among the results. */
export class Result {
  private readonly figure = document.createElement("figure");
  private readonly caption = document.createElement("figcaption");

  constructor(readonly name: string) {
    this.figure.dataset.file = name;
    this.say(text("reading", name));
    this.figure.append(this.caption);
    document.getElementById("results")!.prepend(this.figure);
  }

  /** Replace the words. */
  say(...lines: string[]): void {
    this.caption.replaceChildren(...lines.map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    }));
  }

  /** Show a picture or a video. */
  show(element: HTMLElement): void {
    this.figure.querySelector("canvas, video")?.remove();
    this.figure.prepend(element);
  }

  /** Add a control below the words. */
  add(element: HTMLElement): void {
    this.caption.append(element);
  }

  /** Offer something to save. */
  offer(blob: Blob, name: string): void {
    const link = document.createElement("a");
    link.className = "button";
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.textContent = text("save");
    this.add(link);
  }

  /** Take it away again. */
  remove(): void {
    this.figure.remove();
  }
}

/** How many faces there are, and what each looks like. */
export function describeFaces(faces: readonly Face[]): string[] {
  if (faces.length === 0) return [text("no_faces")];
  const count = faces.length === 1 ? text("one_face") : text("many_faces", faces.length);
  if (faces.length > MOST_NAMED) return [count, countLabels(faces)];
  const each = faces.flatMap(({ id, emotion }) => (emotion ? [text("face", id, describe(emotion))] : []));
  return [count, ...each];
}

/** How many faces have each label, the most frequent first. */
function countLabels(faces: readonly Face[]): string {
  const counts = new Map<Label, number>();
  for (const { emotion } of faces) if (emotion) counts.set(emotion.label, (counts.get(emotion.label) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  return sorted.map(([label, count]) => `${count} × ${labelName(label)}`).join(", ");
}

/** The name of a labelled copy. */
export function labelledName(name: string, ending: string): string {
  return `${name.replace(/\.[^.]*$/, "")}-labelled.${ending}`;
}
