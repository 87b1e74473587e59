// What the page costs, with a clip as the webcam: `node tests/measure.mjs [MINUTES] [CLIP.mjpeg]`.
// Prints the time to the first page and to the first label, readings a second, and memory each minute.

import { memory } from "./memory.mjs";
import { serve, startChromium } from "./site.mjs";

const minutes = Number(process.argv[2] ?? 1);
const video = process.argv[3] ?? "build/reference/inputs/camera.mjpeg";
const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

const site = await serve({ "/": "dist" });
const browser = await startChromium({ video });
await browser.defaultBrowserContext().overridePermissions(site.address, ["camera"]);
const page = await browser.newPage();
await page.goto(site.address);
const painted = await page.evaluate(() => new Promise((done) => {
  new PerformanceObserver((list) => done(list.getEntries()[0].startTime)).observe({ type: "paint", buffered: true });
}));
console.log(`first page after ${(painted / 1000).toFixed(2)} s`);
const clicked = performance.now();
await page.click("#use-camera");
await page.waitForSelector("#faces > li[data-label]", { timeout: 120_000 });
console.log(`first label ${((performance.now() - clicked) / 1000).toFixed(2)} s after the click`);
const readings = () => page.$eval("#live", ({ dataset }) => Number(dataset.readings));
let [before, since] = [await readings(), performance.now()];
for (let minute = 0; minute < minutes; minute++) {
  await pause(60);
  const [now, at] = [await readings(), performance.now()];
  const faces = await page.$eval("#live", ({ dataset }) => dataset.faces);
  const rate = ((1000 * (now - before)) / (at - since)).toFixed(1);
  const megabytes = memory(browser);
  console.log(`minute ${minute + 1}: ${rate} readings a second, ${faces} faces, ${Math.round(megabytes.renderer)} MB, ${Math.round(megabytes["gpu-process"])} MB for graphics`);
  [before, since] = [now, at];
}
await browser.close();
await site.stop();
