/** Pictures as the browser holds them, and their pixels. */

import type { Picture } from "./scene";

/** A picture that can go over to another thread without being copied. */
export type Frame = ImageBitmap | VideoFrame;

/** Newer than TypeScript's own description of `VideoFrame`. */
type Turnable = VideoFrame & { readonly rotation?: number; readonly flip?: boolean };

const RGBA = { format: "RGBA" } as const;

/**
 * What a video shows now.
 *
 * A `VideoFrame` where the browser can copy its pixels: Chromium keeps up to 512 MB of the latest
 * bitmaps that were made from a video.
 */
export async function grab(video: HTMLVideoElement): Promise<Frame> {
  if (typeof VideoFrame === "function") {
    const frame = new VideoFrame(video);
    if (copiesAsShown(frame)) return frame;
    frame.close();
  }
  return createImageBitmap(video);
}

/** Whether the browser can copy pixels as RGBA, and they then look as the video is shown. */
function copiesAsShown(frame: Turnable): boolean {
  const { visibleRect, displayWidth: width, displayHeight: height } = frame;
  const upright = !frame.rotation && !frame.flip;
  const square = visibleRect?.width === width && visibleRect.height === height;
  // Older browsers overlook the format, and would copy YUV.
  return upright && square && frame.format !== null && frame.allocationSize(RGBA) === 4 * width * height;
}

/** Reads pixels. */
export class PixelReader {
  private readonly canvas = new OffscreenCanvas(1, 1);
  private readonly context = this.canvas.getContext("2d", { willReadFrequently: true })!;
  private copied = new ImageData(1, 1);

  /** The pixels of a frame, which is used up; they last until the next frame is read. */
  async read(frame: Frame): Promise<Picture> {
    try {
      return "copyTo" in frame ? await this.copy(frame) : this.draw(frame);
    } finally {
      frame.close();
    }
  }

  private async copy(frame: VideoFrame): Promise<Picture> {
    const { displayWidth: width, displayHeight: height } = frame;
    if (this.copied.width !== width || this.copied.height !== height) this.copied = new ImageData(width, height);
    await frame.copyTo(this.copied.data, RGBA);
    return this.copied;
  }

  private draw(bitmap: ImageBitmap): Picture {
    const { canvas, context } = this;
    const { width, height } = bitmap;
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, width, height);
  }
}
