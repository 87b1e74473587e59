/** The page's end of the thread that reads faces. */

import type { Frame } from "./frames";
import type { Sensitivity } from "./perception/classifier";
import type { Scene } from "./scene";
import type { Answer, Request } from "./worker";

type Asked = Request extends infer R ? (R extends Request ? Omit<R, "id"> : never) : never;

interface Waiting {
  resolve(scene: Scene | null): void;
  reject(error: Error): void;
}

/** Reads faces in a thread of its own. */
export class Perceiver {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  /**
   * @param folder Address of the folder with programs and models; ends with `/`.
   */
  constructor(private readonly folder: string) {
    // A worker from a blob is under the page's Content-Security-Policy; one with an address of its
    // own would be under none unless the web server sends one.
    const start = `self.folder = ${JSON.stringify(folder)}; importScripts(self.folder + "worker.js");`;
    const address = URL.createObjectURL(new Blob([start], { type: "text/javascript" }));
    this.worker = new Worker(address);
    this.worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.settle(data));
    this.worker.addEventListener("error", (event) => this.fail(new Error(event.message)));
  }

  /** Load programs and models; rejects where the browser cannot run them. */
  async open(): Promise<void> {
    await this.ask({ kind: "open", folder: this.folder });
  }

  /** Read a frame that follows the previous one; it is used up. */
  async follow(frame: Frame, timeS: number): Promise<Scene> {
    return (await this.ask({ kind: "follow", frame, timeS }, [frame]))!;
  }

  /** Read a picture that stands alone; it is used up. */
  async judgeAlone(frame: Frame): Promise<Scene> {
    return (await this.ask({ kind: "alone", frame }, [frame]))!;
  }

  async setSensitivity(sensitivity: Sensitivity): Promise<void> {
    await this.ask({ kind: "sensitivity", sensitivity });
  }

  /** Forget all faces. */
  async reset(): Promise<void> {
    await this.ask({ kind: "reset" });
  }

  /** End the thread. */
  close(): void {
    this.worker.terminate();
  }

  private ask(asked: Asked, transfer: Transferable[] = []): Promise<Scene | null> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ...asked, id }, transfer);
    });
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ("error" in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.scene);
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
