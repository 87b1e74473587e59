/** Finds faces with MediaPipe's full-range detector, as `overlay/perception/detector.py` does. */

import { type Detection as Raw, FaceDetector as MediaPipe } from "@mediapipe/tasks-vision";

import { NUMBERS } from "../constants";
import { type Box, type Detection, type Picture, area, iou, surestFirst } from "../scene";

const { SAME_FACE } = NUMBERS.detector;

/** Scales every picture to 192x192 pixels, and finds faces wider than about 6 % of it. */
export class FaceDetector {
  private constructor(private readonly mediaPipe: MediaPipe) {}

  /**
   * @param folder Address of the folder with MediaPipe's program and the model; ends with `/`.
   * @param threshold Faces below this confidence are ignored, 0 to 1.
   */
  static async open(folder: string, threshold: number): Promise<FaceDetector> {
    const fileset = {
      wasmLoaderPath: `${folder}vision_wasm_internal.js`,
      wasmBinaryPath: `${folder}vision_wasm_internal.wasm`,
    };
    const mediaPipe = await MediaPipe.createFromOptions(fileset, {
      baseOptions: { modelAssetPath: `${folder}detector.tflite`, delegate: "CPU" },
      minDetectionConfidence: threshold,
      runningMode: "IMAGE",
    });
    const detector = new FaceDetector(mediaPipe);
    detector.detect(new ImageData(192, 192)); // the first run compiles, which takes a while
    return detector;
  }

  /** The faces of a picture, most confident first, each once. */
  detect(picture: Picture): Detection[] {
    const { detections } = this.mediaPipe.detect(picture);
    return dropDuplicates(detections.map((raw) => toDetection(raw, picture)));
  }
}

/** Keep the most confident of several detections of the same face. */
export function dropDuplicates(detections: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const candidate of [...detections].sort(surestFirst)) {
    if (kept.every((other) => overlap(candidate.box, other.box) < SAME_FACE)) kept.push(candidate);
  }
  return kept;
}

/** The fraction of the smaller box that the other one covers, 0 to 1. */
function overlap(a: Box, b: Box): number {
  const shared = iou(a, b);
  const intersection = (shared / (1 + shared)) * (area(a) + area(b));
  return intersection ? intersection / Math.min(area(a), area(b)) : 0;
}

function toDetection(raw: Raw, { width, height }: Picture): Detection {
  const { originX, originY, width: across, height: down } = raw.boundingBox!;
  return {
    box: { x: originX, y: originY, width: across, height: down },
    score: raw.categories[0].score,
    keypoints: raw.keypoints.map(({ x, y }) => [x * width, y * height] as const),
  };
}
