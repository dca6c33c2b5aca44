import { readBedJson } from "../lib/bed-json.mjs";
import { parts } from "../lib/parts.mjs";
import { bedPaths } from "../lib/paths.mjs";
import { serverState } from "../lib/server.mjs";

export async function status() {
  const bed = bedPaths();
  let good = readBedJson(bed) !== undefined;
  for (const part of parts) {
    for (const server of part.servers) {
      const { state, pid, log } = serverState(bed, server);
      if (state !== "running") good = false;
      const detail =
        state === "running" ? `pid ${pid}` : state === "died" ? `was pid ${pid}, see ${log}` : "";
      process.stdout.write(`${server.padEnd(16)}${state.padEnd(9)}${detail}\n`);
    }
  }
  process.stdout.write(`bed folder: ${bed.root}\n`);
  return good ? 0 : 1;
}
