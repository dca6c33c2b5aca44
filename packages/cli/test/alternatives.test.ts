import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { describe, expect, it } from "vitest";
import { tsbx } from "./support/client.ts";
import { workspace } from "./support/workspace.ts";

const { docker, buildkitd } = loadBed(["docker", "buildkitd", "tools"]);

describe("an OCI archive from the classic image store is refused", () => {
  const refused = async (...before: string[][]) => {
    const env = { DOCKER_HOST: docker.classic.unix };
    const client = await tsbx(await workspace(), { name: "docker", node: "default", env });
    for (const args of before) await client.succeed(args);
    const build = ["build", "--output", "type=oci,dest=image.tar", "-"];
    const { code, stderr } = await client.run(build, { stdin: "FROM scratch\n" });
    expect(code).toBe(1);
    expect(existsSync(join(client.home, "image.tar"))).toBe(false);
    expect(stderr).toMatch(
      /^ERROR: --output type=oci is not supported by the docker driver; it is with the containerd image store$/m,
    );
    return stderr.match(/^HINT: (.*)$/m)?.[1];
  };

  it("with the command that makes a builder for it", async () => {
    expect(await refused()).toBe(
      "Push the image, or load it and save it from there. Create a builder that can: tsbx create --driver docker-container --use.",
    );
  });

  it("with the builder that there is for it", async () => {
    const create = ["create", "--name", "able", "--driver", "docker-container"];
    expect(await refused(create)).toBe(
      "Push the image, or load it and save it from there. Use --builder able (docker-container).",
    );
  });
});

it.each([
  ["--buildkitd-config", "buildkitd.toml"],
  ["--buildkitd-flags", "--oci-worker-gc=false"],
])("%s is refused for a daemon that someone else runs, and nothing is stored", async (flag, value) => {
  const client = await tsbx(await workspace(), { name: "none", node: "" });
  writeFileSync(join(client.home, "buildkitd.toml"), "debug = true\n");
  const create = ["create", "--name", "far", "--driver", "remote", flag, value, buildkitd.unix];
  const { code, stdout, stderr } = await client.run(create);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toBe(
    `ERROR: ${flag} is not supported by the remote driver\n` +
      "HINT: Configure the daemon where it runs. Create a builder that can: tsbx create --driver docker-container --use.\n",
  );
  expect((await client.run(["inspect", "far"])).stderr).toContain('no builder "far" found');
});
