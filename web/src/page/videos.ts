/** Labels a video file in the browser, frame by frame, with its sound (WebCodecs by Mediabunny). */

import {
  BlobSource, BufferTarget, Conversion, ConversionCanceledError, Input, MATROSKA, MP4, Mp4OutputFormat, Output, QTFF,
  type VideoSample, WEBM, WebMOutputFormat, getFirstEncodableVideoCodec,
} from "mediabunny";

import { drawScene, loadFont } from "../drawing";
import type { Perceiver } from "../perceiver";
import { openPerceiver } from "./engine";
import { Problem } from "./problems";
import { Result, labelledName } from "./results";
import { text } from "./texts";
import { theme } from "./themes";

const FORMATS = [MP4, QTFF, WEBM, MATROSKA];

/**
 * Label a video and offer it to be saved.
 *
 * @throws Problem It is none that this browser can read or write.
 */
export async function labelVideo(file: File): Promise<void> {
  const input = new Input({ source: new BlobSource(file), formats: FORMATS });
  const track = (await input.canRead()) ? await input.getPrimaryVideoTrack() : null;
  if (track === null || !(await track.canDecode())) throw new Problem("problem_video", file.name);
  const reader = await openPerceiver(); // its own, since the camera may be in use meanwhile
  const result = new Result(file.name);
  try {
    await label(file, input, reader, result);
  } catch (error) {
    if (error instanceof ConversionCanceledError) {
      result.say(file.name, text("canceled"));
      return;
    }
    result.remove();
    throw error;
  } finally {
    reader.close();
  }
}

async function label(file: File, input: Input, reader: Perceiver, result: Result): Promise<void> {
  await loadFont();
  const mp4 = new Mp4OutputFormat();
  const codec = await getFirstEncodableVideoCodec(["avc", "vp9", "av1", "vp8"]);
  if (codec === null) throw new Problem("problem_encode", file.name);
  const format = mp4.getSupportedVideoCodecs().includes(codec) ? mp4 : new WebMOutputFormat();
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const painter = new FramePainter(reader);
  const video = { codec, forceTranscode: true, allowTransformationMetadata: false };
  const process = (sample: VideoSample) => painter.paint(sample);
  const conversion = await Conversion.init({ input, output, video: { ...video, process }, tags: {} });
  if (!conversion.isValid) throw new Problem("problem_video", file.name);
  showProgress(conversion, result);
  await conversion.execute();
  const type = await output.getMimeType();
  finish(new Blob([target.buffer!], { type }), file.name, format.fileExtension, painter.frames, result);
}

/** Reads and labels one frame after the other. */
class FramePainter {
  frames = 0;
  private readonly canvas = new OffscreenCanvas(1, 1);
  private readonly context = this.canvas.getContext("2d", { willReadFrequently: true })!;

  constructor(private readonly reader: Perceiver) {}

  async paint(sample: VideoSample): Promise<OffscreenCanvas> {
    const { canvas, context } = this;
    const [width, height] = [sample.displayWidth, sample.displayHeight];
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    sample.draw(context, 0, 0, width, height);
    const scene = await this.reader.follow(await createImageBitmap(canvas), sample.timestamp);
    drawScene(context, scene, { theme: theme(), mirrored: false });
    this.frames += 1;
    return canvas;
  }
}

function showProgress(conversion: Conversion, result: Result): void {
  const progress = document.createElement("progress");
  progress.setAttribute("aria-label", text("reading", result.name));
  progress.max = 1;
  result.add(progress);
  const cancel = document.createElement("button");
  cancel.textContent = text("cancel");
  cancel.addEventListener("click", () => void conversion.cancel());
  result.add(cancel);
  conversion.onProgress = (part) => (progress.value = part);
}

function finish(labelled: Blob, name: string, ending: string, frames: number, result: Result): void {
  const video = document.createElement("video");
  video.controls = true;
  video.setAttribute("aria-label", name);
  video.src = URL.createObjectURL(labelled);
  result.show(video);
  result.say(name, text("done", frames));
  result.offer(labelled, labelledName(name, ending.replace(".", "")));
}
