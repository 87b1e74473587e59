// The page reads faces as the Python package does. `make web-test` writes build/reference first.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { serve, startChromium } from "./site.mjs";

const REFERENCE = "build/reference";
const clips = JSON.parse(readFileSync(`${REFERENCE}/reference.json`, "utf8"));
let site, browser, page;

before(async () => {
  site = await serve({ "/": "dist", "/reference/": REFERENCE });
  browser = await startChromium();
  page = await browser.newPage();
  await page.goto(site.address);
  await page.evaluate(openWorker);
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

/** In the page: start its own worker, and give `window.read` to the test. */
async function openWorker() {
  const folder = new URL(".", document.querySelector("script[type=module]").src).href;
  const start = `self.folder = ${JSON.stringify(folder)}; importScripts(self.folder + "worker.js");`;
  const worker = new Worker(URL.createObjectURL(new Blob([start])));
  const ask = (request, transfer = []) => new Promise((resolve, reject) => {
    worker.addEventListener("error", (event) => reject(new Error(event.message)), { once: true });
    worker.addEventListener("message", ({ data }) => {
      if (data.error) reject(new Error(data.error));
      else resolve(data.scene);
    }, { once: true });
    worker.postMessage({ id: 1, ...request }, transfer);
  });
  window.read = async (address, request) => {
    const blob = await (await fetch(address)).blob();
    const frame = await createImageBitmap(blob, { colorSpaceConversion: "none" });
    return ask({ ...request, frame }, [frame]);
  };
  window.reset = () => ask({ kind: "reset" });
  await ask({ kind: "open", folder });
}

const read = (clip, frame, request) => page.evaluate(
  (address, asked) => window.read(address, asked), `/reference/${clip}/${frame}.png`, request);

/** Compare the faces of a frame: how many differ in label, and the greatest differences. */
function compare(seen, expected, tally) {
  assert.equal(seen.faces.length, expected.faces.length, "another number of faces");
  expected.faces.forEach((face, i) => {
    const other = seen.faces[i];
    const { x, y, width, height } = other.box;
    tally.faces += 1;
    tally.same += Number(other.emotion.label === face.label && (other.emotion.label !== "unsure" || other.emotion.reason === face.reason));
    [x, y, width, height].forEach((value, side) => {
      tally.box = Math.max(tally.box, Math.abs(value - face.box[side]));
    });
    face.probabilities.forEach((value, j) => {
      tally.probability = Math.max(tally.probability, Math.abs(value - other.emotion.probabilities[j]));
    });
    tally.score = Math.max(tally.score, Math.abs(other.score - face.score));
  });
}

for (const { clip, followed, alone } of clips) {
  test(`${clip}: the same faces with the same labels, over time`, async (t) => {
    await page.evaluate(() => window.reset());
    const tally = { faces: 0, same: 0, box: 0, score: 0, probability: 0 };
    for (const [frame, expected] of followed.entries()) {
      compare(await read(clip, frame, { kind: "follow", timeS: expected.time_s }), expected, tally);
    }
    t.diagnostic(JSON.stringify(tally));
    assert.ok(tally.faces > 0);
    assert.ok(tally.same >= 0.99 * tally.faces, `${tally.same} of ${tally.faces} faces have the same label`);
    assert.ok(tally.box < 1 && tally.probability < 0.05, JSON.stringify(tally));
  });

  test(`${clip}: the same faces with the same labels, in single pictures`, async (t) => {
    const tally = { faces: 0, same: 0, box: 0, score: 0, probability: 0 };
    for (const expected of alone) compare(await read(clip, expected.frame, { kind: "alone" }), expected, tally);
    t.diagnostic(JSON.stringify(tally));
    assert.ok(tally.same >= 0.99 * tally.faces, `${tally.same} of ${tally.faces} faces have the same label`);
  });
}
