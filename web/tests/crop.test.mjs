// Crops and gradients are OpenCV's, to the rounding. `make web-test` writes build/reference first.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { build } from "esbuild";

import { serve, startChromium } from "./site.mjs";

const REFERENCE = "build/reference";
const clips = JSON.parse(readFileSync(`${REFERENCE}/reference.json`, "utf8"));
let site, browser, page;

before(async () => {
  site = await serve({ "/": "dist", "/reference/": REFERENCE });
  browser = await startChromium();
  page = await browser.newPage();
  await page.goto(site.address);
  const rooms = 'export * from "./crop"; export * from "./gradients";';
  const { outputFiles } = await build({
    stdin: { contents: rooms, resolveDir: "src/perception", loader: "ts" },
    bundle: true,
    format: "iife",
    globalName: "rooms",
    write: false,
  });
  await page.evaluate(`${outputFiles[0].text}; window.rooms = rooms;`);
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

/** In the page: the greatest and mean differences of crops, and the greatest of features. */
async function compareCrops(clip, crops) {
  const differences = { crops: 0, gray: 0, changed: 0, pixels: 0, feature: 0 };
  for (const { frame, box: [x, y, width, height], keypoints, gray, features } of crops) {
    const blob = await (await fetch(`/reference/${clip}/${frame}.png`)).blob();
    const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none" });
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const picture = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const tile = window.rooms.tileOf({ box: { x, y, width, height }, keypoints });
    const seen = window.rooms.crop(picture, tile, 48);
    differences.crops += 1;
    gray.forEach((value, i) => {
      differences.pixels += 1;
      differences.changed += Number(value !== seen[i]);
      differences.gray = Math.max(differences.gray, Math.abs(value - seen[i]));
    });
    window.rooms.orientedGradients(Uint8Array.from(gray)).forEach((value, i) => {
      differences.feature = Math.max(differences.feature, Math.abs(value - features[i]));
    });
  }
  return differences;
}

for (const { clip, crops } of clips) {
  test(`${clip}: the same crops and gradients`, async (t) => {
    const seen = await page.evaluate(compareCrops, clip, crops);
    t.diagnostic(JSON.stringify(seen));
    assert.ok(seen.crops > 0);
    assert.ok(seen.gray <= 1, `${seen.gray} gray levels`);
    assert.ok(seen.changed < 0.01 * seen.pixels, `${seen.changed} of ${seen.pixels} pixels`);
    assert.ok(seen.feature < 1e-4, `${seen.feature} in a feature`);
  });
}
