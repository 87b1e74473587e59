// Serves the built page, and starts browsers that open it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

import puppeteer from "puppeteer-core";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".jpg": "image/jpeg",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mp4": "video/mp4",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** Serve folders under their prefixes, such as `{ "/": "dist" }`, without any special header. */
export async function serve(folders) {
  const paths = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    paths.push(path);
    const prefix = Object.keys(folders).sort((a, b) => b.length - a.length).find((each) => path.startsWith(each));
    let file = join(folders[prefix], normalize(path.slice(prefix.length)));
    if (existsSync(file) && statSync(file).isDirectory()) file = join(file, "index.html");
    if (!existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
    return createReadStream(file).pipe(response);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const stop = () => new Promise((done) => {
    server.closeAllConnections();
    server.close(done);
  });
  return { address: `http://127.0.0.1:${server.address().port}/`, paths, stop };
}

/** Chromium with an empty profile; `video` is a file that is its webcam. */
export async function startChromium({ video, args = [] } = {}) {
  return puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    protocolTimeout: 900_000,
    args: [
      "--no-sandbox", // which root cannot have
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...(video ? ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${video}`] : []),
      ...args,
    ],
  });
}

/** Firefox with an empty profile, in a display of its own, without which it has no WebGL; its webcam shows a pattern. */
export async function startFirefox() {
  const display = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1366x900x24"], { stdio: ["ignore", "pipe", "ignore"] });
  const [number] = await once(display.stdout, "data");
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    headless: false,
    env: { ...process.env, DISPLAY: `:${String(number).trim()}` },
    protocolTimeout: 900_000,
    extraPrefsFirefox: {
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
    },
  });
  browser.process().once("exit", () => display.kill());
  return browser;
}
