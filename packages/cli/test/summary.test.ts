import { randomUUID } from "node:crypto";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openEngine } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Client, tsbx } from "./support/client.ts";
import { forget } from "./support/daemon.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const { docker, registry } = loadBed(["docker", "registry", "buildkitd"]);
const { signal } = new AbortController();

async function scene(dockerfile: string): Promise<Client> {
  const client = await tsbx(await workspace());
  writeTree(join(client.home, "context"), { Dockerfile: dockerfile });
  return client;
}

/** The lines of a plain log after the steps. */
function summary(stderr: string): string[] {
  const lines = stderr.trimEnd().split("\n");
  return lines.slice(lines.findLastIndex((line) => /^#\d+ /.test(line)) + 1);
}

describe("a finished build", () => {
  it("says where each of its results went", async () => {
    const name = `summary-${randomUUID()}`;
    const client = await scene(`FROM scratch\nCOPY Dockerfile /${name}\n`);
    const engine = openEngine(docker.classic.unix, {});
    onTestFinished(async () => {
      await engine.json("DELETE", `/images/${registry.plain.host}/${name}`, { signal }).catch(() => {});
    });
    const outputs = ["files", "type=tar,dest=files.tar", "type=oci,tar=false,dest=layout"];
    const { stderr } = await client.succeed(
      [
        ...[
          "build",
          "--builder=bed",
          "--provenance=false",
          "--push",
          "--load",
          "--tag",
          `${registry.plain.host}/${name}`,
        ],
        ...outputs.flatMap((output) => ["--output", output]),
        "context",
      ],
      { env: { DOCKER_HOST: docker.classic.unix } },
    );
    const id = "\\(sha256:[0-9a-f]{64}\\)";
    expect(summary(stderr)).toEqual([
      "Wrote the files to files/",
      expect.stringMatching(/^Wrote the files as a tarball to files\.tar \([\d.]+kB\)$/),
      expect.stringMatching(
        new RegExp(`^Added ${registry.plain.host}/${name} ${id} to the OCI layout layout/$`),
      ),
      expect.stringMatching(new RegExp(`^Pushed ${registry.plain.host}/${name} ${id}$`)),
      expect.stringMatching(
        new RegExp(`^Loaded ${registry.plain.host}/${name} ${id} into .*${docker.classic.unix}$`),
      ),
    ]);
  });

  it("says once that its result went nowhere, and nothing where stderr is to be silent", async () => {
    const client = await scene("FROM scratch\nCOPY Dockerfile /\n");
    const nowhere = await client.succeed(["build", "context"]);
    expect(summary(nowhere.stderr)).toEqual([
      expect.stringMatching(/^WARNING: the result is in the build cache of builder bed and nowhere else: /),
    ]);
    expect(nowhere.stderr).not.toContain("No output specified");

    const written = ["--output=type=tar,dest=files.tar"];
    for (const args of [["--quiet"], ["--progress=none"], ["--progress=rawjson"], ["--call=outline"]]) {
      const { stderr } = await client.succeed(["build", ...written, ...args, "context"]);
      expect(stderr).not.toContain("Wrote");
    }
  });

  it("names what made its context large, and how to leave it out", async () => {
    const name = `summary-${randomUUID()}`;
    const client = await scene(`FROM scratch\nCOPY small /\nCOPY . /${name}/\n`);
    const context = join(client.home, "context");
    for (const [file, bytes] of [
      [name, 70_000_000],
      ["small", 40_000_000],
    ] as const) {
      writeFileSync(join(context, file), "");
      truncateSync(join(context, file), bytes);
    }
    writeFileSync(join(context, "Dockerfile.dockerignore"), "nothing\n");
    const args = ["build", "--output=type=cacheonly", "context"];
    expect(summary((await client.succeed(args)).stderr)).toEqual([
      "Kept in the build cache of builder bed",
      "110MB of context were sent, most of it:",
      `      70MB  ${name} (1 file)`,
      "      40MB  small (1 file)",
      "To leave out what the build does not need, add to context/Dockerfile.dockerignore:",
      `  ${name}`,
    ]);
    // The daemon has it all now.
    expect(summary((await client.succeed(args)).stderr)).toEqual(["Kept in the build cache of builder bed"]);
    await forget(name);
  });
});
