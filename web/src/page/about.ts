/** How good it is, in the model card's figures. */

import { type Label, MODEL, VERSION } from "../constants";
import { labelName, onLanguage, share, text } from "./texts";

const PHOTOGRAPHS = MODEL.metrics.public_test_without_duplicates_of_training_images;
const PEOPLE = MODEL.metrics.operating_point_cross_fitted;
const inHundred = (part: number): number => Math.round(100 * part);

export function showFigures(): void {
  onLanguage(fill);
  fill();
}

function fill(): void {
  const rows = Object.entries(PHOTOGRAPHS.emotion.recall).map(([label, recall]) => {
    const row = document.createElement("tr");
    const name = row.appendChild(document.createElement("th"));
    name.scope = "row";
    name.textContent = labelName(label as Label);
    row.appendChild(document.createElement("td")).textContent = share(recall);
    return row;
  });
  document.getElementById("figures")!.replaceChildren(...rows);
  document.querySelector("[data-text=how_good_text]")!.textContent = text(
    "how_good_text",
    PHOTOGRAPHS.images,
    inHundred(PHOTOGRAPHS.emotion.accuracy),
    inHundred(PEOPLE.calm_people_called_neutral),
    inHundred(PEOPLE.smiles_called_happy),
  );
  document.getElementById("version")!.textContent = text("version", VERSION);
}
