import { randomUUID } from "node:crypto";
import { truncateSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { tsbx } from "./support/client.ts";
import { within } from "./support/deadline.ts";
import { type OwnDaemon, startOwnDaemon } from "./support/own-daemon.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const PHASES = [
  {
    phase: "sends a large file",
    dockerfile: "FROM scratch\nCOPY . /\n",
    begun: /"id":"transferring context:[^}]*"current":\d{8}/,
  },
  {
    phase: "runs a step",
    dockerfile: "FROM busybox\nRUN echo asleep; sleep 20\n",
    begun: new RegExp(`"data":"${Buffer.from("asleep\n").toString("base64")}"`),
  },
  {
    phase: "exports",
    dockerfile:
      "FROM busybox AS make\nRUN dd if=/dev/zero of=/large bs=1M count=512\nFROM scratch\nCOPY --from=make /large /\n",
    begun: /"id":"(copying files|sending tarball)/,
  },
];

let daemon: OwnDaemon;
beforeEach(async () => {
  daemon = await startOwnDaemon();
});
afterEach(() => daemon.remove());

describe.each(PHASES)("a daemon that is killed while it $phase", ({ dockerfile, begun }) => {
  it.each(["tar", "local"])(
    "ends the build to a %s output with an error, and leaves nothing",
    async (type) => {
      const client = await tsbx(await workspace(), daemon.endpoint);
      const cwd = join(client.home, "work");
      await mkdir(cwd);
      writeTree(join(cwd, "context"), { Dockerfile: dockerfile, large: randomUUID() });
      truncateSync(join(cwd, "context/large"), 8 * 1024 ** 3);
      const build = client.start(
        ["build", "--progress=rawjson", "--no-cache", "--output", `type=${type},dest=out`, "context"],
        { cwd },
      );
      await build.printed(begun);
      await daemon.kill();
      const { code, stderr } = await within(10, "the build", build.outcome);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^ERROR: .*connection/m);
      expect(
        (await readdir(cwd)).filter((name) => name !== "context" && !(type === "local" && name === "out")),
      ).toEqual([]);
    },
  );
});

it("a daemon whose disk is full says so, and nothing is left", async () => {
  const small = await startOwnDaemon(64);
  onTestFinished(() => small.remove());
  const client = await tsbx(await workspace(), small.endpoint);
  writeTree(join(client.home, "context"), { Dockerfile: "FROM scratch\nCOPY . /\n", large: "" });
  truncateSync(join(client.home, "context/large"), 1024 ** 3);
  const build = client.run(["build", "--output", "type=tar,dest=out", "context"]);
  const { code, stderr } = await within(10, "the build", build);
  // The peer's code for exhausted resources.
  expect(code).toBe(102);
  expect(stderr).toMatch(/^ERROR: .*no space left on device/m);
  expect(await readdir(client.home)).not.toContain("out");
});
