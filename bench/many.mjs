// `node bench/many.mjs COUNT FOLDER ENDPOINT`: builds a folder COUNT times at once with the SDK, in one process.
import { build, openNode } from "../packages/core/dist/index.js";
import remote from "../packages/driver-remote/dist/index.js";

const [count, path, endpoint] = process.argv.slice(2);
const node = openNode(
  remote,
  { builder: "bench", name: "bench0", endpoint },
  { env: process.env, stateDir: "/nonexistent" },
);
const runs = Array.from({ length: Number(count) }, () => build(node, { context: path }));
try {
  await Promise.all(runs.map((run) => run.result));
} finally {
  await node.close();
}
