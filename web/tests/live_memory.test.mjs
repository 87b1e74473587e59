// What live video leaves in the browser's memory, with a webcam of the size that the page asks for.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { memory } from "./memory.mjs";
import { serve, startChromium } from "./site.mjs";

const FRAMES = 30;
const FRAME_MB = (1280 * 720 * 4) / 2 ** 20;
let site, browser, page;

before(async () => {
  site = await serve({ "/": "dist" });
  browser = await startChromium({ video: "build/reference/inputs/camera.mjpeg" });
  await browser.defaultBrowserContext().overridePermissions(site.address, ["camera"]);
  page = await browser.newPage();
  await page.goto(site.address);
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

const readings = (least) => page.waitForFunction(
  (count) => Number(document.getElementById("live").dataset.readings) >= count, { timeout: 120_000 }, least);

test("frames that were read do not stay in the browser's memory", async (t) => {
  await page.click("#use-camera");
  await readings(10);
  const before = memory(browser, "Pss_Shmem").renderer;
  await readings(10 + FRAMES);
  const kept = memory(browser, "Pss_Shmem").renderer - before;
  t.diagnostic(`${kept.toFixed(0)} MB more after ${FRAMES} frames of ${FRAME_MB.toFixed(1)} MB`);
  assert.ok(kept < 0.3 * FRAMES * FRAME_MB);
});
