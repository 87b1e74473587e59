/** Reads expressions from crops with ONNX Runtime, as `overlay/perception/classifier.py` does. */

import * as ort from "onnxruntime-web/wasm";

import { EMOTIONS, MODEL } from "../constants";

const OUTPUTS = ["emotion", "covered", "quality"] as const;
const NEUTRAL = EMOTIONS.indexOf("neutral");

/** How readily a face is called something other than neutral. */
export type Sensitivity = keyof typeof MODEL.sensitivities;

/** The network's answer for one face. */
export interface Reading {
  readonly emotion: readonly number[];
  readonly covered: number;
  readonly quality: readonly number[];
}

export class Classifier {
  sensitivity: Sensitivity = "balanced";

  private constructor(private readonly session: ort.InferenceSession) {}

  /** @param folder Address of the folder with ONNX Runtime's program and the model; ends with `/`. */
  static async open(folder: string): Promise<Classifier> {
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmPaths = { wasm: `${folder}ort-wasm-simd-threaded.wasm` };
    const session = await ort.InferenceSession.create(`${folder}emotion.onnx`, {
      executionProviders: ["wasm"],
      logSeverityLevel: 4,
    });
    return new Classifier(session);
  }

  /** @param crops Gray levels of faces, `MODEL.side` pixels square. */
  async classify(crops: readonly Uint8Array[]): Promise<Reading[]> {
    if (crops.length === 0) return [];
    const faces = new Uint8Array(crops.length * crops[0].length);
    crops.forEach((each, i) => faces.set(each, i * each.length));
    const shape = [crops.length, 1, MODEL.side, MODEL.side];
    const outputs = await this.session.run({ faces: new ort.Tensor("uint8", faces, shape) }, OUTPUTS);
    const row = (name: (typeof OUTPUTS)[number], i: number): number[] => {
      const { data, dims } = outputs[name];
      return Array.from(data.slice(i * dims[1], (i + 1) * dims[1]) as Float32Array);
    };
    return crops.map((_, i) => ({
      emotion: this.shifted(row("emotion", i)),
      covered: row("covered", i)[0],
      quality: row("quality", i),
    }));
  }

  /** A reading with the sensitivity's shift of the neutral logit. */
  private shifted(emotion: number[]): number[] {
    const shift = MODEL.sensitivities[this.sensitivity];
    if (!shift) return emotion;
    emotion[NEUTRAL] *= Math.exp(shift);
    const sum = emotion.reduce((total, each) => total + each, 0);
    return emotion.map((each) => each / sum);
  }
}
