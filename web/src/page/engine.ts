/** The page's `Perceiver`, loaded when it is first needed. */

import { Perceiver } from "../perceiver";
import { Problem } from "./problems";
import { text } from "./texts";

/** Address of the folder with programs and models. */
export const FOLDER = new URL(".", import.meta.url).href;

/** What a first visit loads, in MB, compressed as web servers do. */
const MEGABYTES = 9;

/** The smallest program with a SIMD instruction; see the WebAssembly feature detection project. */
const SIMD = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
);

let opening: Promise<Perceiver> | null = null;

/**
 * The perceiver, once it can be used.
 *
 * @throws Problem The browser cannot run it, or it cannot be loaded.
 */
export function perceiver(): Promise<Perceiver> {
  opening ??= openPerceiver().catch((error: unknown) => {
    opening = null;
    throw error;
  });
  return opening;
}

/** A perceiver of one's own, to be closed; throws as `perceiver` does. */
export async function openPerceiver(): Promise<Perceiver> {
  if (!canRun()) throw new Problem("problem_browser");
  const status = document.getElementById("loading")!;
  status.textContent = text("loading", MEGABYTES);
  try {
    const opened = new Perceiver(FOLDER);
    await opened.open();
    return opened;
  } catch (error) {
    console.error(error);
    throw new Problem("problem_loading");
  } finally {
    status.textContent = "";
  }
}

function canRun(): boolean {
  const possible = typeof OffscreenCanvas === "function" && typeof WebAssembly === "object";
  return possible && WebAssembly.validate(SIMD) && new OffscreenCanvas(1, 1).getContext("webgl2") !== null;
}
