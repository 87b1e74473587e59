/** Pictures and videos that are chosen, dropped or pasted. */

import { FOLDER } from "./engine";
import { readPicture } from "./pictures";
import { clear, show } from "./problems";

/** Portraits in the public domain: Eileen Collins (NASA), Grace Hopper (U.S. Navy). */
const SAMPLES = ["eileen_collins.jpg", "grace_hopper.jpg"];

export class Files {
  private readonly section = document.getElementById("files")!;
  private readonly drop = document.getElementById("drop")!;
  private before: Promise<void> = Promise.resolve();

  constructor() {
    const choose = document.getElementById("choose") as HTMLInputElement;
    choose.addEventListener("change", () => {
      this.read([...(choose.files ?? [])]);
      choose.value = "";
    });
    document.getElementById("sample")!.addEventListener("click", () => void this.readSamples());
    document.addEventListener("paste", (event) => this.read([...(event.clipboardData?.files ?? [])]));
    document.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.open();
      this.drop.classList.add("over");
    });
    document.addEventListener("dragleave", () => this.drop.classList.remove("over"));
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      this.drop.classList.remove("over");
      this.read([...(event.dataTransfer?.files ?? [])]);
    });
  }

  open(): void {
    this.section.hidden = false;
  }

  /** Read files one after the other; one that cannot be read is named, and the others go on. */
  private read(files: readonly File[]): void {
    if (files.length === 0) return;
    this.open();
    clear();
    for (const file of files) this.before = this.before.then(() => readFile(file)).catch(show);
  }

  private async readSamples(): Promise<void> {
    try {
      const pictures = SAMPLES.map(async (name) => {
        const picture = await (await fetch(FOLDER + name)).blob();
        return new File([picture], name, { type: "image/jpeg" });
      });
      this.read(await Promise.all(pictures));
    } catch (error) {
      show(error);
    }
  }
}

async function readFile(file: File): Promise<void> {
  if (!file.type.startsWith("video/")) return readPicture(file);
  const { labelVideo } = await import("./videos");
  return labelVideo(file);
}
