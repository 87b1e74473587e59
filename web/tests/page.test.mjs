// What a visitor finds, in Chromium with a clip of two people as its webcam.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, beforeEach, test } from "node:test";

import { serve, startChromium } from "./site.mjs";

const INPUTS = "build/reference/inputs";
const AXE = createRequire(import.meta.url).resolve("axe-core");
let site, elsewhere, browser, page, requests;

before(async () => {
  site = await serve({ "/": "dist" });
  elsewhere = await serve({ "/": "dist" });
  browser = await startChromium({ video: `${INPUTS}/two.mjpeg` });
});

after(async () => {
  await browser?.close();
  await site?.stop();
  await elsewhere?.stop();
});

/** Each test has a visitor of its own, who has allowed the camera. */
beforeEach(async (t) => {
  requests = [];
  const context = await browser.createBrowserContext();
  await context.overridePermissions(site.address, ["camera"]);
  page = await context.newPage();
  page.on("request", (request) => requests.push(request.url()));
  await page.setViewport({ width: 1366, height: 900 });
  await page.goto(site.address);
  t.after?.(() => context.close());
});

const words = (id) => page.$eval(`#${id}`, (element) => element.innerText);
const seen = (selector) => page.waitForSelector(selector, { timeout: 60_000, visible: true });
const says = (id, part) => page.waitForFunction(
  (where, what) => document.getElementById(where).textContent.includes(what), { timeout: 60_000 }, id, part);

async function startCamera() {
  await page.click("#use-camera");
  await page.waitForFunction(() => document.querySelectorAll("#faces > li[data-label]").length === 2, { timeout: 60_000 });
}

async function upload(...names) {
  await page.click("#use-pictures");
  const choose = await page.$("#choose");
  await choose.uploadFile(...names.map((name) => `${INPUTS}/${name}`));
}

/** What was found in a file, once it was read. */
async function found(name) {
  await seen(`[data-file="${name}"] :is(canvas, video)`);
  return page.$eval(`[data-file="${name}"] figcaption`, (caption) => caption.innerText);
}

test("the camera's two faces are labelled, in words and in the picture", async () => {
  await startCamera();
  await says("faces", "looks happy");
  await says("faces", "looks neutral");
  await page.waitForFunction(() => {
    const canvas = document.getElementById("overlay");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, i) => i % 4 === 3 && value > 200).length > 500;
  }, { timeout: 60_000 });
});

test("a screen reader is told when a label changes, not each frame", async () => {
  await page.evaluate(() => {
    window.changes = 0;
    new MutationObserver(() => (window.changes += 1)).observe(document.getElementById("said"), { childList: true });
  });
  await startCamera();
  await page.waitForFunction(() => Number(document.getElementById("live").dataset.readings) > 30, { timeout: 60_000 });
  assert.match(await page.$eval("#said", (element) => element.textContent), /Face \d+: (looks \w+|unsure)/);
  assert.ok((await page.evaluate(() => window.changes)) < 15);
});

test("stopping the camera releases it, and so does leaving the page", async () => {
  await startCamera();
  const track = await page.evaluateHandle(() => document.getElementById("video").srcObject.getTracks()[0]);
  await page.click("#stop");
  assert.equal(await page.$eval("#faces", (list) => list.textContent), "");
  assert.equal(await track.evaluate(({ readyState }) => readyState), "ended");
  await startCamera();
  const next = await page.evaluateHandle(() => document.getElementById("video").srcObject.getTracks()[0]);
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pagehide")));
  assert.equal(await next.evaluate(({ readyState }) => readyState), "ended");
});

test("a visit loads the page's own files and nothing else, and leaves no cookie", async () => {
  await startCamera();
  await upload("two.jpg");
  await found("two.jpg");
  const foreign = requests.filter((url) => !url.startsWith(site.address) && !url.startsWith("blob:"));
  assert.deepEqual(foreign, []);
  assert.deepEqual(await page.cookies(), []);
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0);
});

test("the browser refuses every other address, in the page and in its thread", async () => {
  const fetched = (address) => page.evaluate(async (url) => {
    const attempt = `fetch(${JSON.stringify(url)}, {mode: "no-cors"}).then(() => "sent", () => "refused")`;
    const worker = new Worker(URL.createObjectURL(new Blob([`${attempt}.then(postMessage)`])));
    const answer = new Promise((resolve) => worker.addEventListener("message", ({ data }) => resolve(data)));
    const inPage = await fetch(url, { mode: "no-cors" }).then(() => "sent", () => "refused");
    return [inPage, await answer];
  }, address);
  assert.deepEqual(await fetched(elsewhere.address), ["refused", "refused"]);
  assert.deepEqual(elsewhere.paths, []);
});

test("of several pictures, those that are none are named, and all others are read", async () => {
  await upload("two.jpg", "text.jpg", "nobody.png", "phone.heic", "huge.jpg", "thirty.jpg");
  assert.match(await found("two.jpg"), /2 faces[^]*looks happy/);
  assert.match(await found("nobody.png"), /No face found/);
  assert.match(await found("huge.jpg"), /1 face[^]*Read at \d+ × 2048/); // from 60 megapixels
  assert.match(await found("thirty.jpg"), /30 faces[^]*\b30 × neutral/);
  assert.match(await words("problem"), /text\.jpg is not a picture[^]*phone\.heic: this browser cannot read HEIC/);
});

test("sample pictures are read", async () => {
  await page.click("#use-pictures");
  await page.click("#sample");
  assert.match(await found("eileen_collins.jpg"), /looks happy/);
  assert.match(await found("grace_hopper.jpg"), /1 face/);
});

test("a video is labelled frame by frame and can be saved", async () => {
  await upload("two.mp4");
  assert.match(await found("two.mp4"), /Labelled; 30 frames/);
  const [name, duration] = await page.evaluate(async () => {
    const video = document.querySelector('[data-file="two.mp4"] video');
    if (video.readyState < 1) await new Promise((done) => video.addEventListener("loadedmetadata", done));
    return [document.querySelector('[data-file="two.mp4"] a').download, video.duration];
  });
  assert.match(name, /^two-labelled\.(mp4|webm)$/);
  assert.ok(Math.abs(duration - 2) < 0.2, `${duration} s`);
});

test("after a visit, everything works without a network", async () => {
  const own = await serve({ "/": "dist" });
  const visitor = await (await browser.createBrowserContext()).newPage();
  await visitor.goto(own.address);
  await visitor.click("#use-pictures");
  await visitor.evaluate(() => navigator.serviceWorker.ready);
  await own.stop();
  await visitor.reload();
  await visitor.click("#use-pictures");
  await visitor.click("#sample");
  await visitor.waitForSelector('[data-file="eileen_collins.jpg"] canvas', { timeout: 60_000 });
});

test("without a camera that can be used, a sentence says what to do", async () => {
  const refuse = (name) => page.evaluate((kind) => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", kind));
  }, name);
  const sentences = [
    ["NotFoundError", "No camera was found"],
    ["NotReadableError", "another program"],
    ["NotAllowedError", "may not use the camera"],
  ];
  for (const [name, sentence] of sentences) {
    await refuse(name);
    await page.click("#use-camera");
    await says("problem", sentence);
  }
});

test("in a frame that may not use the camera, it says so", async () => {
  mkdirSync("build/frame", { recursive: true });
  writeFileSync("build/frame/index.html", `<!doctype html><iframe src="${site.address}"></iframe>`);
  const outer = await serve({ "/": "build/frame" });
  const around = await (await browser.createBrowserContext()).newPage();
  await around.goto(outer.address);
  const frame = await around.waitForFrame((each) => each.url() === site.address);
  await (await frame.waitForSelector("#use-camera")).evaluate((button) => button.click());
  await outer.stop();
  await frame.waitForFunction(() => document.getElementById("problem").textContent.includes("tab of its own"));
});

test("without a secure address there is no camera; it says so, and reads pictures", async () => {
  await page.evaluate(() => Object.defineProperty(window, "isSecureContext", { value: false }));
  await page.click("#use-camera");
  await says("problem", "https");
  await upload("two.jpg");
  assert.match(await found("two.jpg"), /2 faces/);
});

test("in a browser without WebGL a sentence says what to do, and no result is left half done", async () => {
  await page.evaluate(() => {
    OffscreenCanvas.prototype.getContext = () => null;
  });
  await upload("two.mp4", "two.jpg");
  await says("problem", "WebGL");
  assert.equal(await words("results"), "");
});

test("it works with the keyboard alone", async () => {
  const focused = () => page.evaluate(() => document.activeElement.id);
  for (let i = 0; i < 10 && (await focused()) !== "use-camera"; i++) await page.keyboard.press("Tab");
  assert.equal(await focused(), "use-camera");
  await page.keyboard.press("Enter");
  await seen("#faces > li[data-label]");
});

test("another language changes all words, also those of labels", async () => {
  await startCamera();
  await page.select("#language", "hi");
  await says("use-camera", "कैमरा");
  await says("faces", "दिखता है");
  assert.equal(await page.evaluate(() => document.documentElement.lang), "hi");
  const left = await page.evaluate(() => [...document.querySelectorAll("[data-text]")]
    .filter((each) => !/[\u0900-\u097f]/.test(each.textContent)).map((each) => each.dataset.text));
  assert.deepEqual(left, []);
});

for (const theme of ["light", "dark"]) {
  test(`accessible, and no wider than a phone or a screen: ${theme}`, async () => {
    await page.select("#theme", theme);
    await startCamera();
    await upload("two.jpg");
    await found("two.jpg");
    await page.evaluate(() => document.querySelectorAll("details").forEach((each) => (each.open = true)));
    await page.evaluate(readFileSync(AXE, "utf8"));
    for (const width of [390, 1366]) {
      await page.setViewport({ width, height: 844 });
      if (process.env.SCREENSHOTS) {
        await page.screenshot({ path: `${process.env.SCREENSHOTS}/${theme}-${width}.png`, fullPage: true });
      }
      const { violations } = await page.evaluate(() => window.axe.run());
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
    }
  });
}
