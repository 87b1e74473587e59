/** What the page shares with the Python package; `python -m overlay.web.export` writes it. */

import shared from "../generated/constants.json";

export const { emotions: EMOTIONS, unsure: UNSURE, perception: NUMBERS, model: MODEL } = shared;
export const { drawing: DRAWING } = shared;
export const { face_check: FACE_CHECK, themes: THEMES, version: VERSION } = shared;
export const LABELS = shared.languages;

export type ThemeName = keyof typeof THEMES;
export type Reason = keyof (typeof LABELS)["en"]["reasons"];
export type Label = keyof (typeof LABELS)["en"]["emotions"];
