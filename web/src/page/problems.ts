/** What goes wrong, as a sentence that says what to do. */

import { type Key, text } from "./texts";

/** Something the visitor can do something about. */
export class Problem extends Error {
  /**
   * @param key The text that says what to do.
   * @param values What it names.
   */
  constructor(readonly key: Key, ...values: string[]) {
    super(text(key, ...values));
  }
}

const line = (): HTMLElement => document.getElementById("problem")!;

/** Say what is wrong, where a screen reader hears it, below what is said there already. */
export function show(error: unknown): void {
  if (!(error instanceof Problem)) console.error(error);
  const message = error instanceof Problem ? error.message : text("problem_reading", String(error));
  if (!line().textContent!.includes(message)) line().append(`${message}\n`);
}

export function clear(): void {
  line().textContent = "";
}
