/** The faces beside the picture: what each looks like, and the bars of all seven emotions. */

import { EMOTIONS, type Label, THEMES, UNSURE } from "../constants";
import type { Emotion, Face, Scene } from "../scene";
import { type Key, labelName, percent, reasonName, text } from "./texts";
import { theme } from "./themes";

/** So many faces get bars; of more, the largest do. */
const MOST = 4;

interface Row {
  readonly item: HTMLElement;
  readonly heading: HTMLElement;
  readonly names: HTMLElement[];
  readonly bars: HTMLElement[];
  readonly numbers: HTMLElement[];
}

/** What a face looks like, in words. */
export function describe({ label, probability, reason }: Emotion): string {
  const words = text(`looks_${label}` as Key);
  if (label !== UNSURE) return `${words} (${percent(probability)})`;
  return reason ? `${words}: ${reasonName(reason)}` : words;
}

export class Panel {
  private readonly list = document.getElementById("faces")!;
  private readonly nobody = document.getElementById("nobody")!;
  private readonly said = document.getElementById("said")!;
  private readonly rows = new Map<number, Row>();
  private readonly labels = new Map<number, Label>();

  show(scene: Scene): void {
    const faces = scene.faces.filter(({ emotion }) => emotion !== null).slice(0, MOST);
    for (const [id, { item }] of this.rows) {
      if (faces.some((face) => face.id === id)) continue;
      item.remove();
      this.rows.delete(id);
      this.labels.delete(id);
    }
    for (const face of faces) this.fill(this.rowOf(face.id), face);
    this.nobody.hidden = scene.faces.length > 0;
    this.announce(faces);
  }

  clear(): void {
    this.list.replaceChildren();
    this.rows.clear();
    this.labels.clear();
    this.nobody.hidden = true;
    this.said.textContent = "";
  }

  /** Say a face's label when it changes, not in each frame. */
  private announce(faces: readonly Face[]): void {
    const changed = faces.filter(({ id, emotion }) => this.labels.get(id) !== emotion!.label);
    for (const { id, emotion } of changed) this.labels.set(id, emotion!.label);
    if (changed.length === 0) return;
    this.said.textContent = changed
      .map(({ id, emotion }) => text("face", id, text(`looks_${emotion!.label}` as Key)))
      .join("; ");
  }

  private rowOf(id: number): Row {
    const known = this.rows.get(id);
    if (known) return known;
    const row = makeRow();
    this.list.append(row.item);
    this.rows.set(id, row);
    return row;
  }

  private fill({ item, heading, names, bars, numbers }: Row, face: Face): void {
    const emotion = face.emotion!;
    item.dataset.label = emotion.label;
    heading.textContent = text("face", face.id, describe(emotion));
    emotion.probabilities.forEach((probability, i) => {
      const name = EMOTIONS[i] as Label;
      names[i].textContent = labelName(name);
      numbers[i].textContent = percent(probability);
      bars[i].style.width = `${100 * probability}%`;
      bars[i].style.background = THEMES[theme()].emotions[name];
    });
  }
}

function makeRow(): Row {
  const item = document.createElement("li");
  const heading = item.appendChild(document.createElement("strong"));
  const list = item.appendChild(document.createElement("ul"));
  list.className = "bars";
  const row: Row = { item, heading, names: [], bars: [], numbers: [] };
  for (let i = 0; i < EMOTIONS.length; i++) {
    const line = list.appendChild(document.createElement("li"));
    row.names.push(line.appendChild(document.createElement("span")));
    const track = line.appendChild(document.createElement("span"));
    track.className = "track";
    const bar = track.appendChild(document.createElement("div"));
    bar.className = "bar";
    row.bars.push(bar);
    const number = line.appendChild(document.createElement("span"));
    number.className = "number";
    row.numbers.push(number);
  }
  return row;
}
