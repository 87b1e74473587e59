// What the page costs, with a clip as the webcam: `node tests/measure.mjs [MINUTES] [CLIP.mjpeg]`.
// Prints the time to the first page and to the first label, readings a second, and memory each minute.

import { readFileSync, readdirSync } from "node:fs";

import { serve, startChromium } from "./site.mjs";

const minutes = Number(process.argv[2] ?? 1);
const video = process.argv[3] ?? "build/reference/inputs/two.mjpeg";
const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

/** Memory of the browser's processes for pages, in MB (Linux). */
function memory(browser) {
  const parents = new Map();
  for (const pid of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    try {
      parents.set(pid, readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ")[1]);
    } catch {
      // it has ended
    }
  }
  const within = (pid) => pid === String(browser.process().pid) || (parents.has(pid) && within(parents.get(pid)));
  let kilobytes = 0;
  for (const pid of parents.keys()) {
    if (!within(pid) || !readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer")) continue;
    kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))[1]);
  }
  return Math.round(kilobytes / 1024);
}

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
  console.log(`minute ${minute + 1}: ${rate} readings a second, ${faces} faces, ${memory(browser)} MB`);
  [before, since] = [now, at];
}
await browser.close();
await site.stop();
