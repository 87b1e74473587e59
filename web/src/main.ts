/** The page: puts its parts together. */

import { loadFont } from "./drawing";
import { showFigures } from "./page/about";
import { perceiver } from "./page/engine";
import { Files } from "./page/files";
import { Live } from "./page/live";
import { type Language, chooseLanguage, languages, preferredLanguage } from "./page/texts";
import { chooseTheme } from "./page/themes";

const button = (id: string): HTMLElement => document.getElementById(id)!;
const select = (id: string): HTMLSelectElement => document.getElementById(id) as HTMLSelectElement;

/** Keep the page for later visits, from the moment on that somebody uses it. */
async function keepForLater(): Promise<void> {
  await perceiver().catch(() => null);
  await navigator.serviceWorker?.register("service_worker.js").catch(console.error);
}

const live = new Live();
const files = new Files();

button("use-camera").addEventListener("click", () => {
  void loadFont();
  void live.start();
  void keepForLater();
});
button("use-pictures").addEventListener("click", () => {
  files.open();
  void keepForLater();
  button("files").scrollIntoView({ block: "nearest" });
  button("choose").focus();
});

for (const [code, name] of languages()) select("language").append(new Option(name, code));
select("language").value = preferredLanguage();
select("language").addEventListener("change", () => chooseLanguage(select("language").value as Language));
select("theme").addEventListener("change", () => chooseTheme(select("theme").value));
chooseLanguage(preferredLanguage());
showFigures();
