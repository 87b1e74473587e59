// What is shipped: small, and without the address of anybody else.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const files = readdirSync("dist", { recursive: true, withFileTypes: true })
  .filter((each) => each.isFile())
  .map((each) => join(each.parentPath ?? each.path, each.name));

/** In error texts of the compiled programs, which cannot be changed; nothing loads them. */
const IN_PROGRAMS = new Set([
  "http://go/lsc_proto3_utf8",
  "http://goto/weakfields",
  "https://arxiv.org/abs/1502.03167.",
  "https://docs.nvidia.com/cuda/cublas/index.html#cublasLtOrder_t",
  "https://github.com/google/re2/wiki/Syntax",
  "https://github.com/opencv/opencv/issues/16739",
  "https://ieeexplore.ieee.org/document/1163711",
  "https://tinyurl.com/sudb9s96",
  "https://www.tensorflow.org/lite/guide/ops_custom",
  "https://www.tensorflow.org/lite/guide/ops_select",
]);
/** Names, not addresses: those of XML's languages. */
const NAMESPACES = new Set(["http://www.w3.org/2000/svg"]);

/** Nothing loads it; licences name the addresses of their authors. */
const isLicence = (file) => file.endsWith("licences.txt");

const addresses = (file) =>
  readFileSync(file, "latin1").match(/\b(?:https?|wss?):\/\/[\w.-]+[^\s"'`)\\<>\0-\x1f\x7f-\xff]*/g) ?? [];

test("no file names a foreign address", () => {
  assert.ok(files.length > 10);
  for (const file of files.filter((each) => !isLicence(each))) {
    const known = file.endsWith(".wasm") ? IN_PROGRAMS : file.endsWith(".svg") ? NAMESPACES : new Set();
    const foreign = addresses(file).filter((address) => !known.has(address));
    assert.deepEqual(foreign, [], file);
  }
});

test("nothing that collects usage is inside", () => {
  const words = /play\.googleapis|clearcut|google-analytics|googletagmanager|events\.data\.microsoft|sentry\.io/;
  for (const file of files) assert.doesNotMatch(readFileSync(file, "latin1"), words, file);
});

test("a visit costs at most 15 MB, compressed", (t) => {
  const sizes = files.map((file) => [gzipSync(readFileSync(file), { level: 9 }).length, file]);
  const total = sizes.reduce((sum, [size]) => sum + size, 0);
  t.diagnostic(`${(total / 1e6).toFixed(1)} MB`);
  assert.ok(total <= 15e6, `${total} bytes`);
});

test("versions are the pinned ones, which send no metrics", () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  assert.equal(packages["node_modules/@mediapipe/tasks-vision"].version, "0.10.33");
  assert.equal(packages["node_modules/onnxruntime-web"].version, "1.27.0");
});
