import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, openNode } from "@tsbx/core";
import { loadBed } from "@tsbx/testbed";
import { afterEach, beforeEach, expect, test } from "vitest";
import remote from "../src/index.ts";

const { buildkitd, ssh } = loadBed(["buildkitd", "ssh"]);
const { certs, tcp } = buildkitd;
const pair = { cert: certs.cert, key: certs.key };
const sshUrl = (port: number) => `ssh://${ssh.user}@127.0.0.1:${port}${ssh.socketPath}`;
const sshOptions = { identity: ssh.key, knownhosts: ssh.knownHosts };

let work: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), "tsbx-remote-"));
});
afterEach(() => rm(work, { recursive: true }));

test.each<[string, string, Record<string, string>]>([
  ["unix", buildkitd.unix, {}],
  ["tcp", tcp.plain, {}],
  ["TLS", tcp.tls, { cacert: certs.ca }],
  ["mTLS", tcp.mtls, { cacert: certs.ca, ...pair }],
  ["ssh, by forwarding", sshUrl(ssh.port), sshOptions],
  ["ssh, through buildctl dial-stdio", sshUrl(ssh.noForwardPort), sshOptions],
])("builds over %s: context, RUN and result", async (_name, endpoint, options) => {
  // Larger than any window or buffer on the way, in both directions.
  const content = randomBytes(6 * 1024 * 1024);
  await writeFile(join(work, "file"), content);
  const dockerfile =
    "FROM busybox AS copy\nCOPY file /in\nRUN cp /in /out\nFROM scratch\nCOPY --from=copy /out /file\n";
  const node = openNode(remote, { builder: "b", name: "n", endpoint, options }, { env: {}, stateDir: work });
  try {
    const run = build(node, {
      context: work,
      dockerfile: { content: dockerfile },
      outputs: [{ type: "local", dest: join(work, "out") }],
    });
    const steps = new Set<string>();
    for await (const { vertexes } of run.progress) for (const { name } of vertexes) steps.add(name);
    await run.result;
    expect(steps).toContain("exporting to client directory");
  } finally {
    await node.close();
  }
  expect((await readFile(join(work, "out/file"))).equals(content)).toBe(true);
});
