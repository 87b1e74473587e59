/** Reads the faces of picture files. */

import { drawScene, loadFont } from "../drawing";
import { perceiver } from "./engine";
import { Problem } from "./problems";
import { Result, describeFaces, labelledName } from "./results";
import { text } from "./texts";
import { theme } from "./themes";

/** A larger picture is read smaller, or it would take minutes. */
const LONGEST_SIDE = 2048;

/**
 * Read a picture and show it with labels.
 *
 * @throws Problem It is none that this browser can read.
 */
export async function readPicture(file: File): Promise<void> {
  const bitmap = await decoded(file);
  const result = new Result(file.name);
  try {
    const reader = await perceiver();
    await loadFont();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    const context = canvas.getContext("2d")!;
    context.fillStyle = "#fff"; // below what is transparent
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0);
    const scene = await reader.judgeAlone(await createImageBitmap(canvas));
    drawScene(context, scene, { theme: theme(), mirrored: false });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", describeFaces(scene.faces).join("; "));
    const { width, height } = canvas;
    const smaller = Math.max(width, height) === LONGEST_SIDE ? [text("scaled", width, height)] : [];
    result.say(file.name, ...describeFaces(scene.faces), ...smaller);
    result.show(canvas);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
    if (blob) result.offer(blob, labelledName(file.name, "png"));
  } catch (error) {
    result.remove();
    throw error;
  }
}

/** The picture, upright, and no larger than is read. */
async function decoded(file: File): Promise<ImageBitmap> {
  try {
    const whole = await createImageBitmap(file);
    const scale = LONGEST_SIDE / Math.max(whole.width, whole.height);
    if (scale >= 1) return whole;
    const size = {
      resizeWidth: Math.max(1, Math.round(whole.width * scale)),
      resizeHeight: Math.max(1, Math.round(whole.height * scale)),
    };
    const smaller = await createImageBitmap(whole, { ...size, resizeQuality: "high" });
    whole.close();
    return smaller;
  } catch {
    throw new Problem((await isHeic(file)) ? "problem_heic" : "problem_picture", file.name);
  }
}

async function isHeic(file: File): Promise<boolean> {
  const start = new TextDecoder("latin1").decode(await file.slice(4, 12).arrayBuffer());
  return /^ftyp(hei[cxms]|mif1|msf1|hev[cx])/.test(start);
}
