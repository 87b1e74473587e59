/** Keeps the page's own files, so that a second visit needs no network. */

/// <reference lib="webworker" />

export {};

/** The page's files, and a name that changes with them; the build fills both in. */
declare const FILES: readonly string[];
declare const VERSION: string;
declare const self: ServiceWorkerGlobalScope;

async function keepAll(): Promise<void> {
  const cache = await caches.open(VERSION);
  await cache.addAll(FILES);
  await self.skipWaiting();
}

async function dropOthers(): Promise<void> {
  for (const name of await caches.keys()) if (name !== VERSION) await caches.delete(name);
  await self.clients.claim();
}

/** The page from the network, so that a new one is seen, and its files from the cache. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(VERSION);
  if (request.mode !== "navigate") return (await cache.match(request)) ?? fetch(request);
  return fetch(request).catch(async () => (await cache.match("./")) ?? Response.error());
}

self.addEventListener("install", (event) => event.waitUntil(keepAll()));
self.addEventListener("activate", (event) => event.waitUntil(dropOthers()));
self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});
