/** The live camera: its video as it comes, and labels as fast as faces are read. */

import { closeCamera, listCameras, openCamera } from "../camera";
import { drawScene } from "../drawing";
import { grab } from "../frames";
import type { Perceiver } from "../perceiver";
import { type Scene, moved } from "../scene";
import { perceiver } from "./engine";
import { Panel } from "./panel";
import { Problem, clear, show } from "./problems";
import { Strip } from "./strip";
import { onLanguage, text } from "./texts";
import { theme } from "./themes";

/** The smallest em of a label, in pixels of the screen. */
const SMALLEST_TEXT = 12;

/** A scene that is older is not drawn, in seconds. */
const OLDEST_S = 0.5;

const nowS = (): number => performance.now() / 1000;

export class Live {
  private readonly section = document.getElementById("live")!;
  private readonly video = document.getElementById("video") as HTMLVideoElement;
  private readonly overlay = document.getElementById("overlay") as HTMLCanvasElement;
  private readonly cameras = document.getElementById("cameras") as HTMLSelectElement;
  private readonly mirror = document.getElementById("mirror") as HTMLInputElement;
  private readonly panel = new Panel();
  private readonly strip = new Strip();
  private stream: MediaStream | null = null;
  private scene: Scene | null = null;
  private readings = 0;

  constructor() {
    document.getElementById("stop")!.addEventListener("click", () => this.stop());
    this.cameras.addEventListener("change", () => void this.start(this.cameras.value));
    this.mirror.addEventListener("change", () => this.showMirrored());
    window.addEventListener("pagehide", () => this.stop());
    onLanguage(() => this.scene && this.panel.show(this.scene));
  }

  /** Use a camera; says on the page what is in the way. */
  async start(deviceId?: string): Promise<void> {
    this.stop();
    clear();
    const loading = perceiver(); // while the visitor is asked for the camera
    loading.catch(() => null);
    try {
      const stream = await openCamera(deviceId);
      this.stream = stream;
      await this.play(stream);
      const reader = await loading;
      await reader.reset();
      if (this.stream === stream) void this.read(reader, stream);
    } catch (error) {
      this.stop();
      show(error);
    }
  }

  /** Release the camera. */
  stop(): void {
    if (this.stream) closeCamera(this.stream);
    this.stream = this.video.srcObject = this.scene = null;
    this.section.hidden = true;
    this.panel.clear();
    this.strip.clear();
  }

  private async play(stream: MediaStream): Promise<void> {
    const [track] = stream.getVideoTracks();
    track.addEventListener("ended", () => {
      if (this.stream !== stream) return;
      this.stop();
      show(new Problem("problem_ended"));
    });
    this.video.srcObject = stream;
    this.section.hidden = false;
    await this.video.play();
    this.showMirrored();
    await this.fillCameras(track);
    requestAnimationFrame(() => this.draw(stream));
  }

  private async fillCameras(track: MediaStreamTrack): Promise<void> {
    const options = (await listCameras()).map(({ label, deviceId }, i) =>
      new Option(label || text("camera_number", i + 1), deviceId));
    this.cameras.replaceChildren(...options);
    this.cameras.value = track.getSettings().deviceId ?? "";
  }

  private showMirrored(): void {
    this.video.classList.toggle("mirrored", this.mirror.checked);
  }

  /** Read one frame after the other, each as soon as the one before has been read. */
  private async read(reader: Perceiver, stream: MediaStream): Promise<void> {
    try {
      while (this.stream === stream) {
        await nextFrame(this.video);
        if (this.stream !== stream) return;
        const timeS = nowS();
        const scene = await reader.follow(await grab(this.video), timeS);
        if (this.stream === stream) this.take(scene);
      }
    } catch (error) {
      if (this.stream !== stream) return; // the camera was closed under a frame
      this.stop();
      show(error);
    }
  }

  private take(scene: Scene): void {
    this.scene = scene;
    this.section.dataset.readings = String(++this.readings);
    this.section.dataset.faces = String(scene.faces.length);
    this.panel.show(scene);
    this.strip.add(scene);
  }

  /** Draw the labels for each picture that the screen shows. */
  private draw(stream: MediaStream): void {
    if (this.stream !== stream) return;
    requestAnimationFrame(() => this.draw(stream));
    const { videoWidth: width, videoHeight: height } = this.video;
    if (this.overlay.width !== width || this.overlay.height !== height) {
      [this.overlay.width, this.overlay.height] = [width, height];
    }
    const context = this.overlay.getContext("2d")!;
    context.clearRect(0, 0, width, height);
    const sinceS = this.scene ? nowS() - this.scene.timeS : Infinity;
    if (this.scene === null || sinceS > OLDEST_S) return;
    const faces = this.scene.faces.map((face) => moved(face, sinceS));
    const smallest = (SMALLEST_TEXT * width) / Math.max(1, this.overlay.clientWidth);
    drawScene(context, { ...this.scene, faces }, { theme: theme(), mirrored: this.mirror.checked, smallest });
  }
}

/** Wait for the video's next frame; at most as long as a hidden tab shows none. */
function nextFrame(video: HTMLVideoElement): Promise<unknown> {
  if (!video.requestVideoFrameCallback) return new Promise(requestAnimationFrame);
  return new Promise((resolve) => video.requestVideoFrameCallback(resolve));
}
