import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Client, tsbx } from "./support/client.ts";
import { workspace } from "./support/workspace.ts";

const { tools, buildkitd } = loadBed();
/** No Docker is there, so that it is not what is detected. */
const NO_DOCKER = { DOCKER_HOST: "tcp://127.0.0.1:1" };

async function client(env: Readonly<Record<string, string>>): Promise<Client> {
  return tsbx(await workspace(), { name: "none", node: "", env: { ...NO_DOCKER, ...env } });
}

/** The lines of the list without what is not of interest: name, driver or endpoint, status. */
async function listed(ours: Client): Promise<string[][]> {
  const { stdout } = await ours.succeed([
    "ls",
    "--format",
    "table {{.Name}}\t{{.DriverEndpoint}}\t{{.Status}}",
  ]);
  const lines = stdout.trimEnd().split("\n").slice(1);
  return lines.map((line) =>
    line
      .replaceAll("\\_", "")
      .trim()
      .split(/\s{2,}/),
  );
}

describe("the buildkitd that tsbx runs when there is nothing else", () => {
  async function embedded(): Promise<{ ours: Client; state: string }> {
    const state = join(await workspace(), "state");
    const path = [dirname(tools.buildkitd), dirname(tools.runc), process.env.PATH].join(delimiter);
    const ours = await client({ PATH: path, XDG_STATE_HOME: state });
    onTestFinished(async () => void (await ours.run(["rm", "buildkitd"])));
    return { ours, state: join(state, "tsbx/buildkitd") };
  }

  it("is listed, inspected, stopped and removed like one that was created", async () => {
    const { ours, state } = await embedded();
    const lines = (status: string) => [
      ["default", "docker"],
      ["default", "default", "inactive"],
      ["buildkitd*", "buildkitd"],
      ["buildkitd0", "local", status],
    ];
    expect(await listed(ours)).toEqual(lines("inactive"));
    const inspected = await ours.succeed(["inspect", "--bootstrap", "buildkitd"]);
    expect(inspected.stdout).toMatch(/^Status: +running$/m);
    expect(await listed(ours)).toEqual(lines("running"));
    await ours.succeed(["use", "buildkitd"]);

    const kept = await ours.run(["rm", "--keep-daemon", "buildkitd"]);
    expect([kept.code, kept.stderr]).toEqual([1, expect.stringContaining("buildkitd was not created")]);
    await ours.succeed(["stop", "buildkitd"]);
    expect(await listed(ours)).toEqual(lines("stopped"));
    await ours.succeed(["rm", "--keep-state", "buildkitd"]);
    expect(readdirSync(join(state, "buildkitd/buildkitd0"))).toContain("root");
    expect((await ours.succeed(["rm"])).stderr).toBe("buildkitd removed\n");
    expect(existsSync(join(state, "buildkitd"))).toBe(false);
    expect(await listed(ours)).toEqual(lines("inactive"));
  });

  it("is as it was created, once it was", async () => {
    const { ours } = await embedded();
    await ours.succeed(["create", "--driver", "buildkitd", "--name", "buildkitd"]);
    expect((await listed(ours)).map(([name]) => name)).toEqual([
      "buildkitd*",
      "buildkitd0",
      "default",
      "default",
    ]);
    await ours.succeed(["rm", "buildkitd"]);
    expect((await listed(ours)).map(([name]) => name)).toEqual([
      "default",
      "default",
      "buildkitd*",
      "buildkitd0",
    ]);
  });
});

describe("the builder of BUILDKIT_HOST", () => {
  it("is listed and inspected, and not removed", async () => {
    const ours = await client({ BUILDKIT_HOST: buildkitd.unix });
    await ours.succeed(["create", "--name", "remote", "--driver", "remote", "tcp://127.0.0.1:2"]);
    expect(await listed(ours)).toEqual([
      ["remote", "remote"],
      ["remote0", "tcp://127.0.0.1:2", "inactive"],
      ["default", "docker"],
      ["default", "default", "inactive"],
      ["remote*", "remote"],
      ["remote0", buildkitd.unix, "running"],
    ]);
    await ours.succeed(["rm", "remote"]);
    expect((await ours.succeed(["inspect", "remote"])).stdout).toContain(
      `Endpoint:         ${buildkitd.unix}\n`,
    );
    const removed = await ours.run(["rm", "remote"]);
    expect([removed.code, removed.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^failed to remove remote: builder remote is that of BUILDKIT_HOST\n.*\nHINT: Unset the variable\.$/m,
      ),
    ]);
  });

  it("comes before others that are only detected", async () => {
    const path = [dirname(tools.buildkitd), process.env.PATH].join(delimiter);
    const ours = await client({ BUILDKIT_HOST: buildkitd.unix, PATH: path });
    const { code, stderr } = await ours.run(["use", "buildkitd"]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("remote comes before it when none is in use"),
    ]);
    await ours.succeed(["use", "remote"]);
  });
});

it("a list says what of the store cannot be read", async () => {
  const ours = await client({ BUILDKIT_HOST: buildkitd.unix });
  await ours.succeed(["create", "--name", "mine", "--driver", "remote", buildkitd.unix, "--use"]);
  const store = ours.env.BUILDX_CONFIG!;
  for (const file of ["current", "instances/broken"]) writeFileSync(join(store, file), "{");
  const { stdout, stderr } = await ours.succeed(["ls"]);
  expect(stdout).toMatch(/^mine /m);
  for (const file of ["current", "instances/broken"]) {
    expect(stderr).toContain(`WARNING: cannot read the builder store: ${join(store, file)}: `);
  }
});
