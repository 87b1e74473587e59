// Memory of a running Chromium (Linux).

import { readFileSync, readdirSync } from "node:fs";

/** Memory of a browser's processes by type, in MB: `field` of smaps_rollup, for pages in `renderer`. */
export function memory(browser, field = "Pss") {
  const processes = new Map();
  for (const pid of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    try {
      const parent = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ")[1];
      const type = /--type=([\w-]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, "utf8"))?.[1] ?? "browser";
      processes.set(pid, { parent, type, rollup: readFileSync(`/proc/${pid}/smaps_rollup`, "utf8") });
    } catch {
      // it has ended
    }
  }
  const within = (pid) => pid === String(browser.process().pid) || (processes.has(pid) && within(processes.get(pid).parent));
  const megabytes = {};
  for (const [pid, { type, rollup }] of processes) {
    if (!within(pid)) continue;
    megabytes[type] = (megabytes[type] ?? 0) + Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(rollup)[1]) / 1024;
  }
  return megabytes;
}
