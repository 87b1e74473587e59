/** The page's words. What labels are called comes from the package, as in the app. */

import { LABELS, type Label, type Reason } from "../constants";
import { en } from "./texts_en";
import { hi } from "./texts_hi";

export type Key = keyof typeof en;

/** Languages in which the page has texts; the app may have more. */
const TEXTS = { en, hi };

export type Language = keyof typeof TEXTS;

/** Their codes, with their names in themselves. */
export const languages = (): [Language, string][] =>
  (Object.keys(TEXTS) as Language[]).map((code) => [code, LABELS[code].name]);

let language: Language = "en";
const listeners: (() => void)[] = [];

/** A text, with `{0}`, `{1}` replaced. */
export function text(key: Key, ...values: (string | number)[]): string {
  return TEXTS[language][key].replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));
}

/** What a face looks like, as the app's labels say it. */
export const labelName = (label: Label): string => LABELS[language].emotions[label];

export const reasonName = (reason: Reason): string => LABELS[language].reasons[reason];

export const mark = (): string => LABELS[language].mark;

/** A probability in percent; an estimate is never certain, so none is shown as 100 %. */
export function percent(probability: number): string {
  const value = Math.min(Math.max(Math.round(100 * probability), 0), 99);
  return LABELS[language].percent.replace("{}", String(value));
}

/** A share of something counted, in percent. */
export const share = (part: number): string =>
  LABELS[language].percent.replace("{}", String(Math.round(100 * part)));

/** Be told when another language is chosen. */
export function onLanguage(listener: () => void): void {
  listeners.push(listener);
}

export function chooseLanguage(chosen: Language): void {
  language = chosen;
  document.documentElement.lang = chosen;
  for (const element of document.querySelectorAll<HTMLElement>("[data-text]")) {
    element.textContent = text(element.dataset.text as Key);
  }
  for (const image of document.querySelectorAll<HTMLImageElement>("[data-text-alt]")) {
    image.alt = text(image.dataset.textAlt as Key);
  }
  listeners.forEach((listener) => listener());
}

/** The language of the browser, if there are texts in it. */
export function preferredLanguage(): Language {
  const codes = navigator.languages.map((each) => each.split("-")[0]);
  return (codes.find((each) => each in TEXTS) ?? "en") as Language;
}
