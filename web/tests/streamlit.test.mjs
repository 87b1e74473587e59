// The Streamlit app, driven in Chromium: upload, snapshot, video and the live tab.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { after, before, test } from "node:test";

import { startChromium } from "./site.mjs";

const INPUTS = "build/reference/inputs";
const PYTHON = process.env.PYTHON ?? "../.venv/bin/python";
// Without the packages that the image leaves out.
const START = `import sys
from slim import PACKAGES_LEFT_OUT
sys.modules.update(dict.fromkeys(PACKAGES_LEFT_OUT))
from streamlit.web.cli import main
main()`;
let app, browser, page, address;
const requests = [];

/** A port that is free now. */
function freePort() {
  return new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

before(async () => {
  const port = await freePort();
  address = `http://127.0.0.1:${port}/`;
  const options = ["--server.port", String(port), "--server.address", "127.0.0.1"];
  app = spawn(PYTHON, ["-c", START, "run", "streamlit_app.py", ...options], { stdio: "ignore" });
  browser = await startChromium({ video: `${INPUTS}/two.mjpeg` });
  await browser.defaultBrowserContext().overridePermissions(address, ["camera"]);
  for (let tries = 0; tries < 300; tries++) {
    if (await fetch(`${address}_stcore/health`).then(({ ok }) => ok, () => false)) break;
    await new Promise((done) => setTimeout(done, 200));
  }
  page = await browser.newPage();
  page.on("request", (request) => requests.push(request.url()));
  await page.setViewport({ width: 1366, height: 1000 });
  await page.goto(address);
  await page.waitForSelector('[role="tab"]', { timeout: 60_000 });
});

after(async () => {
  await browser?.close();
  app?.kill();
});

/** Open a tab by its name, and give its panel. */
async function open(name) {
  const tab = await page.waitForSelector(`::-p-xpath(//*[@role="tab"][contains(., "${name}")])`);
  await tab.click();
  return page.waitForSelector(`#${await tab.evaluate((each) => each.getAttribute("aria-controls"))}`.replaceAll(":", "\\:"));
}

const says = (panel, words) => page.waitForFunction(
  (element, part) => element.innerText.includes(part), { timeout: 120_000 }, panel, words);

test("a picture is uploaded and read, and one that is none is named", async () => {
  const panel = await open("Pictures");
  const input = await panel.waitForSelector('input[type="file"]');
  await input.uploadFile(`${INPUTS}/two.jpg`, `${INPUTS}/text.jpg`);
  await says(panel, "2 faces");
  await says(panel, "happy");
  await says(panel, "text.jpg cannot be read");
});

test("a video is read, and the mood over it is a chart", async () => {
  const panel = await open("Video");
  const input = await panel.waitForSelector('input[type="file"]');
  await input.uploadFile(`${INPUTS}/two.mp4`);
  await says(panel, "What the largest face looked like");
  await panel.waitForSelector("video");
  const chart = await panel.waitForSelector('img[alt*="neutral"]');
  assert.match(await chart.evaluate((each) => each.alt), /neutral \d+ %/);
  await page.waitForFunction((each) => each.complete && each.naturalWidth > 0 && each.clientHeight > 100, {}, chart);
  await says(panel, "Save");
});

test("a snapshot is taken and read", async () => {
  const panel = await open("Snapshot");
  const take = await panel.waitForSelector('::-p-xpath(.//button[contains(., "Take")])', { timeout: 60_000 });
  await new Promise((done) => setTimeout(done, 1500)); // until the webcam shows a picture
  await take.click();
  await says(panel, "face");
  await says(panel, "Save");
});

test("the live tab shows the page, which reads the webcam in the browser", async () => {
  const panel = await open("Live");
  const frame = await (await panel.waitForSelector("iframe")).contentFrame();
  await (await frame.waitForSelector("#use-camera")).click();
  await frame.waitForSelector("#faces > li[data-label]", { timeout: 60_000 });
});

test("nothing is loaded from elsewhere", () => {
  const foreign = requests.filter((url) => !url.startsWith(address) && !/^(blob|data):/.test(url));
  assert.deepEqual(foreign, []);
});
