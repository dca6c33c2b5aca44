import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { describe, expect, it } from "vitest";
import { tsbx } from "./support/client.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

/** Builds on Debian's Docker 20.10, whose BuildKit is of before 0.9. */
async function buildThere(args: readonly string[], dockerfile = `FROM scratch\nLABEL a=${randomUUID()}\n`) {
  const directory = await workspace();
  const env = { DOCKER_HOST: loadBed(["tools", "dockerLegacy"]).dockerLegacy.unix };
  const client = await tsbx(directory, { name: "old", node: "default", env });
  writeTree(join(client.home, "context"), { Dockerfile: dockerfile });
  const outcome = await client.run(["build", "--progress=plain", ...args, "context"]);
  return { ...outcome, home: client.home };
}

describe("a daemon of long ago", () => {
  it("builds, without the caches that it does not know", async () => {
    const s3 = "type=s3,bucket=b,region=r,access_key_id=i,secret_access_key=k";
    const { code, stderr, home } = await buildThere(
      ["--cache-from", s3, "--output", "out"],
      "FROM busybox\nCOPY Dockerfile /\n",
    );
    expect(stderr).toContain("WARNING: cache of type s3 is unknown to the daemon: skipped");
    expect(code).toBe(0);
    expect(readdirSync(join(home, "out"))).toContain("Dockerfile");
  });

  it("makes one output, not several", async () => {
    const { code, stderr } = await buildThere(["--output", "one", "--output", "type=tar,dest=two.tar"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^ERROR: .*multiple outputs currently unsupported by the current BuildKit daemon/m,
    );
  });

  it("is told what to do without named contexts", async () => {
    const { code, stderr } = await buildThere(["--build-context", "a=docker-image://busybox"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR: failed to build: current frontend does not support --build-context$/m);
    expect(stderr).toMatch(/^HINT: Named contexts are supported since Dockerfile v1\.4/m);
  });

  it.each(["targets", "check"])("has a newer frontend asked for %s", async (call) => {
    const { code, stderr } = await buildThere(["--call", call]);
    expect(stderr).toMatch(/^#\d+ resolve image config for docker\.io\/docker\/dockerfile:1\.8\.1@sha256:/m);
    // Where that is out of reach, as it is without a network, the first answer counts.
    const refused = /^ERROR: .*unsupported request frontend\.(?:targets|lint)$/m.test(stderr);
    expect(code).toBe(refused ? 1 : 0);
  });
});
