// What a visitor finds in Firefox, with a webcam of Firefox's own that shows no faces.

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { serve, startFirefox } from "./site.mjs";

const INPUTS = "build/reference/inputs";
let site, browser, page;

before(async () => {
  site = await serve({ "/": "dist", "/inputs/": INPUTS });
  browser = await startFirefox();
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

beforeEach(async () => {
  await page?.close();
  page = await browser.newPage();
  await page.goto(site.address);
});

const readings = (least) => page.waitForFunction(
  (count) => Number(document.getElementById("live").dataset.readings) >= count, { timeout: 60_000 }, least);

async function found(name) {
  await page.click("#use-pictures");
  await (await page.$("#choose")).uploadFile(`${INPUTS}/${name}`);
  await page.waitForSelector(`[data-file="${name}"] :is(canvas, video)`, { timeout: 60_000 });
  return page.$eval(`[data-file="${name}"] figcaption`, (caption) => caption.innerText);
}

test("the camera is read, and released when it is stopped", async () => {
  await page.click("#use-camera");
  await readings(3);
  assert.equal(await page.$eval("#nobody", ({ hidden }) => hidden), false);
  const track = await page.evaluateHandle(() => document.getElementById("video").srcObject.getTracks()[0]);
  await page.click("#stop");
  assert.equal(await track.evaluate(({ readyState }) => readyState), "ended");
});

test("faces before the camera are labelled", async () => {
  await page.evaluate(async () => {
    const picture = await createImageBitmap(await (await fetch("/inputs/two.jpg")).blob());
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
    const context = canvas.getContext("2d");
    setInterval(() => context.drawImage(picture, 0, 0), 50);
    navigator.mediaDevices.getUserMedia = async () => canvas.captureStream();
  });
  await page.click("#use-camera");
  await page.waitForFunction(() => {
    const text = document.getElementById("faces").textContent;
    return text.includes("looks happy") && text.includes("looks neutral");
  }, { timeout: 60_000 });
});

test("a picture is read", async () => {
  assert.match(await found("two.jpg"), /2 faces[^]*looks happy/);
});

test("a video is labelled frame by frame", async () => {
  assert.match(await found("two.mp4"), /Labelled; 30 frames/);
});
