/** Perception in a thread of its own, so that the page stays responsive. */

import { type Frame, PixelReader } from "./frames";
import { Perception } from "./perception/perception";
import type { Sensitivity } from "./perception/classifier";
import type { Scene } from "./scene";

/** What the page asks; `frame` goes over to this thread. */
export type Request =
  | { id: number; kind: "open"; folder: string }
  | { id: number; kind: "follow"; frame: Frame; timeS: number }
  | { id: number; kind: "alone"; frame: Frame }
  | { id: number; kind: "sensitivity"; sensitivity: Sensitivity }
  | { id: number; kind: "reset" };

export type Answer = { id: number; scene: Scene | null } | { id: number; error: string };

const pixels = new PixelReader();
let perception: Perception | null = null;

async function answer(request: Request): Promise<Scene | null> {
  if (request.kind === "open") {
    perception ??= await Perception.open(request.folder);
    return null;
  }
  if (perception === null) throw new Error("not open");
  switch (request.kind) {
    case "follow":
      return perception.follow(await pixels.read(request.frame), request.timeS);
    case "alone":
      return perception.judgeAlone(await pixels.read(request.frame));
    case "sensitivity":
      perception.sensitivity = request.sensitivity;
      return null;
    case "reset":
      perception.reset();
      return null;
  }
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
