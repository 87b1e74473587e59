/** The page's theme: the system's, or the one that was chosen. */

import type { ThemeName } from "../constants";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** The theme in effect. */
export function theme(): ThemeName {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return dark.matches ? "dark" : "light";
}

export function chooseTheme(chosen: string): void {
  document.documentElement.dataset.theme = chosen;
}
