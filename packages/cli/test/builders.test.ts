import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { cp, rm } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { afterAll, afterEach, describe, expect, it, onTestFinished } from "vitest";
import { FAILURES } from "./compatibility/failures.mjs";
import { type Client, peer, tsbx } from "./support/client.ts";
import { startOwnDaemon } from "./support/own-daemon.ts";
import { places } from "./support/places.ts";
import type { Outcome } from "./support/process.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const bed = loadBed();

/** Both tools, with one store between them. */
async function both(env: Readonly<Record<string, string>> = {}): Promise<{ ours: Client; theirs: Client }> {
  const directory = await workspace();
  const place = { name: "none", node: "", env: { ...env, BUILDX_CONFIG: join(directory, "store") } };
  return { ours: await tsbx(directory, place), theirs: await peer(directory, place) };
}

/**
 * Output without what another moment changes, and what is ours alone: a reason behind the state of a node, and
 * the names of pods, where the peer repeats the node's. The peer has a node's files in any order.
 */
function masked(text: string): string {
  const [report, ...files] = text.split(/^(?=File#)/m);
  return [report, ...files.map((file) => file.trimEnd()).sort()]
    .join("\n")
    .replace(/^ *Reason:.*\n/gm, "")
    .replace(/(places-\d+-[a-z]+)-[0-9a-f]{6,10}-[0-9a-z]{5}/g, "$1")
    .replace(/ {2,}/g, "  ")
    .replace(/(Last Activity: +).*/g, "$1TIME")
    .replace(/"(LastActivity|CreatedAt)":"[^"]*"/g, '"$1":"TIME"')
    .replace(/\b\d+(\.\d+)?(B|kB|MB|GB|MiB|GiB)\b/g, "SIZE")
    .replace(/ +$/gm, "");
}

describe.each(places().filter(({ create, peerCreate }) => create && !peerCreate))(
  "a builder of the $name driver",
  ({ create, node, env }) => {
    let cleanUp: (() => Promise<unknown>) | undefined;
    afterEach(async () => {
      await cleanUp?.();
      cleanUp = undefined;
    });

    it.each(["tsbx", "peer"] as const)(
      "made by one (%s) is seen, built on and removed by the other",
      async (maker) => {
        const { ours, theirs } = await both({ DOCKER_HOST: bed.docker.containerd.unix, ...env });
        const [first, second] = maker === "tsbx" ? [ours, theirs] : [theirs, ours];
        writeTree(join(second.home, "context"), {
          Dockerfile: "FROM scratch\nCOPY file /\n",
          file: "file\n",
        });
        const name = `made-by-${maker}`;
        await first.succeed([
          "create",
          "--name",
          name,
          "--node",
          `${node}-${maker}`,
          "--use",
          "--bootstrap",
          ...create!,
        ]);
        cleanUp = () => first.run(["rm", "--force", name]);

        const [list, theirList] = [await ours.succeed(["ls"]), await theirs.succeed(["ls"])];
        expect(masked(list.stdout)).toBe(masked(theirList.stdout));
        expect(list.stdout).toMatch(new RegExp(`^ \\\\_ ${node}-${maker}.* running `, "m"));
        const [report, theirReport] = [await ours.succeed(["inspect"]), await theirs.succeed(["inspect"])];
        expect(masked(report.stdout)).toBe(masked(theirReport.stdout));
        expect(report.stdout).toMatch(/^Status: +running$/m);

        await second.succeed(["build", "--output", "type=local,dest=out", "context"]);
        const { stdout } = await second.succeed(["rm", name]);
        expect(stdout + (await second.run(["inspect", name])).stderr).toMatch(`no builder "${name}" found`);
        expect((await first.succeed(["ls"])).stdout).not.toContain(name);
        cleanUp = undefined;
      },
    );
  },
);

// What docs/drivers/ says of each: the peer shows it, does nothing with it, and forgets it when told to.
it.each([
  [
    "an ssh option of our remote driver",
    ["remote", "--driver-opt", "knownhosts=/nonexistent", "ssh://nobody@127.0.0.1:1"],
    "invalid driver option knownhosts for remote driver",
  ],
  [
    "a context of our kubernetes driver",
    ["kubernetes", "--driver-opt", "context=bed"],
    "invalid driver option context for driver kubernetes",
  ],
  ["our buildkitd driver", ["buildkitd"], 'failed to find driver "buildkitd"'],
])("a builder with %s is none for the peer", async (_, driver, reason) => {
  const { ours, theirs } = await both({ KUBECONFIG: bed.kubernetes.kubeconfigs.builder });
  await ours.succeed(["create", "--name", "own", "--driver", ...driver]);
  expect((await theirs.succeed(["ls"])).stdout).toMatch(/^own .*(\n.*)? error /m);
  expect((await theirs.succeed(["inspect", "own"])).stdout).toMatch(new RegExp(`^Error: +${reason}$`, "m"));
  const build = await theirs.run(["build", "--builder", "own", "-"], { stdin: "FROM scratch\n" });
  expect([build.code, build.stderr]).toEqual([1, expect.stringContaining(reason)]);
  const removal = await theirs.run(["rm", "own"]);
  expect([removal.code, removal.stderr]).toEqual([1, expect.stringContaining(reason)]);
  expect((await ours.run(["inspect", "own"])).stderr).toMatch('no builder "own" found');
});

it("a docker host without a scheme is kept so that its TLS settings are found again", async () => {
  const { tcp, certPath } = bed.docker.containerd;
  const { ours } = await both({
    DOCKER_HOST: tcp.replace("tcp://", ""),
    DOCKER_TLS_VERIFY: "1",
    DOCKER_CERT_PATH: certPath,
  });
  await ours.succeed(["create", "--name", "secured", "--driver", "docker-container"]);
  const { stdout } = await ours.succeed(["inspect", "secured"]);
  expect(stdout).toMatch(new RegExp(`^Endpoint: +${tcp}\\nStatus: +inactive$`, "m"));
});

it("inspect shows the devices that builds may ask for", async () => {
  const { ours, theirs } = await both();
  const device = (name: string, rest: object = {}) => ({
    name,
    containerEdits: { env: ["A=b"] },
    ...rest,
  });
  writeTree(join(ours.home, "cdi"), {
    "spec.json": JSON.stringify({
      cdiVersion: "0.6.0",
      kind: "vendor.example/class",
      devices: [
        device("plain"),
        device("noted", { annotations: { "org.mobyproject.buildkit.device.autoallow": "true" } }),
      ],
    }),
  });
  const daemon = await startOwnDaemon({ config: `[cdi]\nspecDirs = ["${ours.home}/cdi"]\n` });
  onTestFinished(daemon.remove);
  await ours.succeed(["create", "--name", "devices", "--driver", "remote", daemon.endpoint]);
  const { stdout } = await ours.succeed(["inspect", "devices"]);
  expect(stdout).toMatch(/^Devices:\n Name: +vendor\.example\/class=noted$/m);
  expect(masked(stdout)).toBe(masked((await theirs.succeed(["inspect", "devices"])).stdout));
});

it.each([
  ["containerd", "gha,inline,local,registry", "true"],
  ["classic", "inline", "false"],
] as const)("inspect --debug shows what the daemon can do: %s store", async (store, cacheExport, several) => {
  const { ours } = await both({ DOCKER_HOST: bed.docker[store].unix });
  const { stdout } = await ours.succeed(["inspect", "--debug", "default"]);
  expect(stdout).toMatch(new RegExp(`^ cacheExport: +${cacheExport}$`, "m"));
  expect(stdout).toMatch(new RegExp(`^ multiPlatform: +${several}$`, "m"));
});

it("the flags of a node's buildkitd can be changed, and cleared", async () => {
  const { ours } = await both();
  const flags = async () =>
    /^BuildKit daemon flags: (.*)$/m.exec((await ours.succeed(["inspect", "own"])).stdout)?.[1];
  await ours.succeed(["create", "--name", "own", "--driver", "buildkitd", "--buildkitd-flags", "--debug"]);
  expect(await flags()).toBe("--debug");
  const change = ["create", "--name", "own", "--node", "own0", "--buildkitd-flags"];
  await ours.succeed([...change, "--trace"]);
  expect(await flags()).toBe("--trace");
  await ours.succeed([...change, ""]);
  expect(await flags()).toBeUndefined();
});

it("a builder of a driver that the peer does not have leaves the peer's others alone", async () => {
  const { ours, theirs } = await both();
  await ours.succeed(["create", "--name", "own", "--driver", "buildkitd", "--use"]);
  await theirs.succeed(["create", "--name", "shared", "--driver", "remote", bed.buildkitd.unix]);
  const { stdout } = await theirs.succeed(["ls"]);
  expect(stdout).toMatch(/^own\* +buildkitd +error/m);
  expect(stdout).toMatch(/^ \\_ shared0 .* running /m);
  await theirs.succeed(["use", "shared"]);
  expect((await ours.succeed(["inspect", "own"])).stdout).toMatch(/^Status: +inactive$/m);
});

describe("nodes that take connections and say nothing", () => {
  /** Where nobody answers; closed when the test ends. */
  async function silent(): Promise<string> {
    const connections: Socket[] = [];
    const server = createServer((connection) => void connections.push(connection)).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      for (const connection of connections) connection.destroy();
      server.close();
    });
    return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** What a command prints that gives the nodes a second, and that it ends soon after that. */
  async function limited(client: Client, command: readonly string[]): Promise<Outcome> {
    const begin = performance.now();
    const outcome = await client.run([...command, "--timeout", "1s"]);
    expect(performance.now() - begin).toBeLessThan(2500);
    expect(outcome.code).toBe(0);
    return outcome;
  }

  it("hold up a list or a report no longer than they may, and are shown as such", async () => {
    const { ours } = await both({ DOCKER_HOST: bed.docker.containerd.unix });
    const endpoints = [await silent(), bed.buildkitd.unix, await silent()];
    for (const [index, endpoint] of endpoints.entries()) {
      const append = index > 0 ? "--append" : "--driver=remote";
      await ours.succeed(["create", "--name", "three", append, endpoint]);
    }
    const list = await limited(ours, ["ls", "--format", "table {{.Name}} {{.Status}}"]);
    const nodes = [...list.stdout.matchAll(/(three\d) (\w+)$/gm)].map(([, name, status]) => [name, status]);
    expect(nodes).toEqual([
      ["three0", "error"],
      ["three1", "running"],
      ["three2", "error"],
    ]);
    for (const name of ["three0", "three2"]) {
      expect(list.stderr).toContain(
        `Failed to get status for three (${name}): it did not answer within 1 s\n`,
      );
    }
    const { stdout } = await limited(ours, ["inspect", "three"]);
    expect(stdout.match(/^(Status|Error): +.*$/gm)!.map((line) => line.replace(/ +/, " "))).toEqual([
      "Error: it did not answer within 1 s",
      "Status: running",
      "Error: it did not answer within 1 s",
    ]);
  });
});

describe("the commands for builders", () => {
  const prepare: string[][] = [
    ["create", "--name", "one", "--driver", "remote", bed.buildkitd.unix],
    [
      "create",
      "--name",
      "two",
      "--driver",
      "remote",
      "--platform",
      "linux/arm64,linux/arm/v7",
      bed.buildkitd.unix,
    ],
    ["create", "--name", "two", "--append", "--node", "gone", "tcp://127.0.0.1:1"],
    [
      "create",
      "--name",
      "three",
      "--driver",
      "docker-container",
      "--buildkitd-flags",
      "--debug --oci-worker-gc",
    ],
    ["use", "one"],
  ];

  /** The store that those commands make. They run once. */
  const prepared = mkdtempSync(join(tmpdir(), "tsbx-prepared-"));
  afterAll(() => rm(prepared, { recursive: true }));
  async function prepareStore(client: Client): Promise<void> {
    const [from, to] = [join(prepared, "store"), client.env.BUILDX_CONFIG!];
    if (existsSync(from)) return cp(from, to, { recursive: true });
    for (const each of prepare) await client.succeed(each);
    await cp(to, from, { recursive: true });
  }

  it.each([
    [["ls"]],
    [["ls", "--no-trunc"]],
    [["ls", "--format", "json"]],
    [["ls", "--format", "{{.Name}}\t{{.DriverEndpoint}}\t{{.Status}}\t{{.Platforms}}"]],
    [["ls", "--format", "table {{.Name}}\t{{.Buildkit}}"]],
    [["ls", "--format", "{{json .}}"]],
    [["ls", "--format", "{{if .LastActivity}}active{{end}} {{.Error}} {{json .Error}}"]],
    [["ls", "--format", "{{.Builder.Name}} {{.Builder.Driver}} {{.Builder.Current}} {{.Builder.Dynamic}}"]],
    [["ls", "--format", "{{.Builder.Err}} {{slice (print .Builder.LastActivity) 19}}"]],
    [
      [
        "ls",
        "--format",
        "{{range .Builder.Nodes}}{{.Name}} {{.Endpoint}} {{.Version}} {{.Err}} {{.IDs}};{{end}}",
      ],
    ],
    [["ls", "--format", "{{range .Builder.Nodes}}{{.DriverOpts}} {{.BuildkitdFlags}} {{.Labels}};{{end}}"]],
    [["ls", "--format", "{{len .Builder.Nodes}}"]],
    [["inspect"]],
    [["inspect", "two"]],
    [["inspect", "three"]],
    [["inspect", "--bootstrap", "one"]],
    [["inspect", "default"]],
    [["stop", "three"]],
    [["stop", "default"]],
  ])("%j says the same", async (args) => {
    const { ours, theirs } = await both({ DOCKER_HOST: bed.docker.containerd.unix });
    await prepareStore(theirs);
    const [mine, reference] = [await ours.succeed(args), await theirs.succeed(args)];
    expect(masked(mine.stdout)).toBe(masked(reference.stdout));
  });

  it.each(FAILURES.map((failure) => [failure.args, failure] as const))(
    "%j fails the same way",
    async (args, { says }) => {
      const { ours, theirs } = await both({ DOCKER_HOST: bed.docker.containerd.unix });
      await theirs.succeed(prepare[0]!);
      const instances = join(ours.env.BUILDX_CONFIG!, "instances");
      const stored = () => readdirSync(instances).map((name) => readFileSync(join(instances, name), "utf8"));
      const before = stored();
      const mine = await ours.run(args);
      const after = stored();
      const reference = await theirs.run(args);
      expect(mine.code).toBe(reference.code);
      const [line, theirLine] = [mine, reference].map(({ stderr }) => /^ERROR: .*$/m.exec(stderr)?.[0]);
      if (!says) expect(line).toBe(theirLine);
      else expect([line, theirLine]).toEqual([expect.stringMatching(says), expect.not.stringMatching(says)]);
      expect(stored()).toEqual(after);
      if (args[0] !== "rm") expect(after).toEqual(before);
    },
  );
});
