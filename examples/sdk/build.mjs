import { build, openNode } from "@tsbx/core";
import remote from "@tsbx/driver-remote";

const endpoint = process.env.BUILDKIT_HOST;
const context = { env: process.env, stateDir: ".tsbx" };
const node = openNode(remote, { builder: "example", name: "example0", endpoint }, context);
const run = build(node, {
  context: { files: { Dockerfile: "FROM scratch\nCOPY <<EOF /hello\nHello from BuildKit\nEOF\n" } },
  outputs: [{ type: "local", dest: "out" }],
  signal: AbortSignal.timeout(60_000),
});
for await (const { vertexes } of run.progress) {
  for (const { name, completed } of vertexes) if (completed) console.log(name);
}
await run.result.finally(() => node.close());
