/** Perception in a thread of its own, so that the page stays responsive. */

import { Perception } from "./perception/perception";
import type { Sensitivity } from "./perception/classifier";
import type { Picture, Scene } from "./scene";

/** What the page asks; `bitmap` goes over to this thread. */
export type Request =
  | { id: number; kind: "open"; folder: string }
  | { id: number; kind: "follow"; bitmap: ImageBitmap; timeS: number }
  | { id: number; kind: "alone"; bitmap: ImageBitmap }
  | { id: number; kind: "sensitivity"; sensitivity: Sensitivity }
  | { id: number; kind: "reset" };

export type Answer = { id: number; scene: Scene | null } | { id: number; error: string };

const canvas = new OffscreenCanvas(1, 1);
const context = canvas.getContext("2d", { willReadFrequently: true })!;
let perception: Perception | null = null;

async function answer(request: Request): Promise<Scene | null> {
  if (request.kind === "open") {
    perception ??= await Perception.open(request.folder);
    return null;
  }
  if (perception === null) throw new Error("not open");
  switch (request.kind) {
    case "follow":
      return perception.follow(pixels(request.bitmap), request.timeS);
    case "alone":
      return perception.judgeAlone(pixels(request.bitmap));
    case "sensitivity":
      perception.sensitivity = request.sensitivity;
      return null;
    case "reset":
      perception.reset();
      return null;
  }
}

function pixels(bitmap: ImageBitmap): Picture {
  const { width, height } = bitmap;
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}

// One at a time and in order, since perception remembers the previous frame.
let before: Promise<unknown> = Promise.resolve();

self.addEventListener("message", ({ data }: MessageEvent<Request>) => {
  before = before.then(async () => {
    try {
      self.postMessage({ id: data.id, scene: await answer(data) } satisfies Answer);
    } catch (error) {
      self.postMessage({ id: data.id, error: String(error) } satisfies Answer);
    }
  });
});
