// Builds the page into dist/, from src/ and what `python -m overlay.web.export generated` wrote.

import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { build } from "esbuild";

const [SOURCES, SHARED, DIST] = ["src", "generated", "dist"];
const MEDIAPIPE = "node_modules/@mediapipe/tasks-vision/wasm";
const ORT = "node_modules/onnxruntime-web/dist";

if (!existsSync(`${SHARED}/constants.json`)) {
  console.error("generated/ is missing: run `make web` in the folder above");
  process.exit(2);
}

const plain = {
  minify: true,
  legalComments: "none",
  charset: "utf8",
  target: "es2022",
  logLevel: "error",
};

const options = {
  ...plain,
  bundle: true,
  // Its package.json has exports that are invalid, so it cannot be found by name.
  alias: { "@mediapipe/tasks-vision": "./node_modules/@mediapipe/tasks-vision/vision_bundle.mjs" },
};

/** Everything but the page itself lies in a folder named after its content, so it can be cached for good. */
async function buildAssets(folder) {
  mkdirSync(folder, { recursive: true });
  await Promise.all([
    // In parts, since only visitors with a video need what reads and writes videos.
    build({ ...options, entryPoints: [`${SOURCES}/main.ts`], format: "esm", splitting: true, outdir: folder }),
    build({
      ...options,
      entryPoints: [`${SOURCES}/worker.ts`],
      format: "iife",
      outfile: `${folder}/worker.js`,
      // The worker comes from a blob, which has no folder; whoever starts it says which.
      define: { "import.meta.url": "self.folder" },
    }),
    build({
      ...options,
      entryPoints: [`${SOURCES}/style.css`],
      external: ["*.ttf"],
      outfile: `${folder}/style.css`,
    }),
  ]);
  cpSync(`${MEDIAPIPE}/vision_wasm_internal.wasm`, `${folder}/vision_wasm_internal.wasm`);
  // MediaPipe declares this function in a block and uses it after it, which esbuild does not allow.
  await build({
    ...plain,
    banner: { js: "var custom_dbg=(...text)=>console.warn(...text);" },
    entryPoints: [`${MEDIAPIPE}/vision_wasm_internal.js`],
    outfile: `${folder}/vision_wasm_internal.js`,
  });
  cpSync(`${ORT}/ort-wasm-simd-threaded.wasm`, `${folder}/ort-wasm-simd-threaded.wasm`);
  for (const name of readdirSync(SHARED)) {
    if (name !== "constants.json") cpSync(join(SHARED, name), join(folder, name));
  }
  cpSync("../tests/portraits/eileen_collins.jpg", `${folder}/eileen_collins.jpg`);
  writeFileSync(`${folder}/licences.txt`, licences());
  cpSync(`${SOURCES}/icon.svg`, `${folder}/icon.svg`);
}

/** The licences of everything that is in the page. */
function licences() {
  const parts = {
    "Emotion Overlay (GPL-2.0-or-later)": "../LICENSE",
    "MediaPipe Tasks Vision and the face detector (Apache-2.0)": "../models/LICENSE.detector.txt",
    "ONNX Runtime Web (MIT)": `${SOURCES}/LICENSE.onnxruntime.txt`,
    "Mediabunny (MPL-2.0)": "node_modules/mediabunny/LICENSE",
    "Hind (OFL-1.1)": "../overlay/drawing/fonts/OFL.txt",
  };
  const text = Object.entries(parts).map(([name, file]) => `${name}\n\n${readFileSync(file, "utf8").trim()}\n`);
  return text.join(`\n${"=".repeat(80)}\n\n`);
}

/** Take addresses out of the error texts of libraries, so that no script contains any. */
function withoutAddresses(folder) {
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".js"))) {
    const script = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), script.replace(/\b(https?|wss?):\/\/(?=\w)/g, ""));
  }
}

/** A short hash of names and contents of a folder's files. */
function fingerprint(folder) {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest("hex").slice(0, 12);
}

function fill(name, values) {
  const text = readFileSync(`${SOURCES}/${name}`, "utf8");
  writeFileSync(`${DIST}/${name}`, text.replace(/%(\w+)%/g, (_, key) => values[key]));
}

rmSync(DIST, { recursive: true, force: true });
await buildAssets(`${DIST}/assets`);
withoutAddresses(`${DIST}/assets`);
const assets = `assets-${fingerprint(`${DIST}/assets`)}`;
cpSync(`${DIST}/assets`, `${DIST}/${assets}`, { recursive: true });
rmSync(`${DIST}/assets`, { recursive: true });
fill("index.html", { ASSETS: assets });
fill("manifest.webmanifest", { ASSETS: assets });
const files = ["./", "manifest.webmanifest", ...readdirSync(`${DIST}/${assets}`).map((name) => `${assets}/${name}`)];
await build({
  ...options,
  entryPoints: [`${SOURCES}/service_worker.ts`],
  format: "iife",
  outfile: `${DIST}/service_worker.js`,
  define: { FILES: JSON.stringify(files), VERSION: JSON.stringify(assets) },
});
