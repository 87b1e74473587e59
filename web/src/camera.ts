/** The visitor's camera. */

import { Problem } from "./page/problems";

/** The size that is asked for; a camera may deliver another one. */
const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 } };

/**
 * Open a camera.
 *
 * @param deviceId Which one; the browser chooses where none is named.
 * @throws Problem No camera can be had, and why.
 */
export async function openCamera(deviceId?: string): Promise<MediaStream> {
  if (!window.isSecureContext || !navigator.mediaDevices) throw new Problem("problem_insecure");
  const chosen = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "user" };
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { ...SIZE, ...chosen }, audio: false });
  } catch (error) {
    throw problemOf(error);
  }
}

function problemOf(error: unknown): Problem {
  const name = error instanceof DOMException ? error.name : "";
  const refused = name === "NotAllowedError" || name === "SecurityError";
  if (refused) return new Problem(window.top === window ? "problem_denied" : "problem_iframe");
  const missing = name === "NotFoundError" || name === "OverconstrainedError";
  return new Problem(missing ? "problem_missing" : "problem_busy");
}

/** The cameras of this device; their names are known only after one was allowed. */
export async function listCameras(): Promise<MediaDeviceInfo[]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind }) => kind === "videoinput");
}

/** Release a camera; its light goes out. */
export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
