import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BuilderStore } from "@tsbx/core/store";
import { loadBed } from "@tsbx/testbed";
import { describe, expect, it } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import { workspace } from "./support/workspace.ts";

const bed = loadBed();
const UNIX = bed.buildkitd.unix;

/** Both tools. Each has a store of its own, of the same path, when `store` is left out. */
async function both(store?: string): Promise<[ours: Client, theirs: Client]> {
  const directory = await workspace();
  const env = {
    DOCKER_HOST: bed.docker.containerd.unix,
    KUBECONFIG: bed.kubernetes.kubeconfigs.builder,
    ...(store && { BUILDX_CONFIG: store }),
  };
  const place = { name: "none", node: "", env };
  return [await tsbx(directory, place), await peer(directory, place)];
}

/**
 * What is in a store, without the times of activity. Configurations that had certificates are written anew by
 * both, in the style of another library.
 */
function contents(store: string): Record<string, string> {
  const files = readdirSync(store, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [
        path.slice(store.length + 1),
        path.includes("/activity/") ? "TIME" : sameStyle(readFileSync(path, "utf8")),
      ]),
  );
}

function sameStyle(text: string): string {
  return text.replace(/(?<="buildkitd.toml":")[^"]*/, (base64) =>
    Buffer.from(base64, "base64")
      .toString()
      .replaceAll("'", '"')
      .replaceAll(" ", "")
      .replace("[registry]\n", ""),
  );
}

const CONFIGURATION = 'debug = true\n[registry."example.test"]\n  ca = ["ca.pem"]\n';

describe("the same files as the peer's, byte for byte", () => {
  it.each<[string, string[][]]>([
    ["a remote builder", [["create", "--name", "a", "--driver", "remote", UNIX]]],
    [
      "options of the remote driver",
      [["create", "--name", "a", "--driver", "remote", "--driver-opt", "default-load=true", "tcp://x:1"]],
    ],
    [
      "platforms, in every spelling",
      [
        ["create", "--name", "a", "--driver", "remote", "--platform", "linux/arm64/v8,linux/amd64", UNIX],
        [
          "create",
          "--name",
          "b",
          "--driver",
          "remote",
          "--platform",
          "arm,aarch64,linux/x86_64/v2,windows/amd64,linux",
          UNIX,
        ],
      ],
    ],
    [
      "nodes appended, changed and left",
      [
        ["create", "--name", "a", "--driver", "remote", UNIX],
        ["create", "--name", "a", "--append", "--node", "second", "--platform", "linux/arm64", "tcp://x:1"],
        ["create", "--name", "a", "--append", "tcp://y:1"],
        [
          "create",
          "--name",
          "a",
          "--append",
          "--node",
          "second",
          "--driver-opt",
          "default-load=true",
          "tcp://z:1",
        ],
        ["create", "--name", "a", "--leave", "--node", "a0"],
      ],
    ],
    [
      "a docker-container builder with all there is",
      [
        [
          ...["create", "--name", "Upper", "--node", "Node-1", "--driver", "docker-container"],
          ...[
            "--driver-opt",
            "network=host,image=a/b:c",
            "--driver-opt",
            '"env.A=x,y"',
            "--driver-opt",
            "env.B=<&>",
          ],
          ...["--buildkitd-flags", "--debug --oci-worker-gc=false '--a b'", "--use"],
        ],
      ],
    ],
    [
      "a configuration with a certificate",
      [["create", "--name", "a", "--driver", "docker-container", "--buildkitd-config", "buildkitd.toml"]],
    ],
    [
      "the network entitlement",
      [
        [
          ...["create", "--name", "a", "--driver", "docker-container"],
          ...["--buildkitd-flags", "--allow-insecure-entitlement network.host"],
        ],
      ],
    ],
    [
      "a kubernetes builder",
      [
        [
          ...["create", "--name", "a", "--node", "fixed", "--driver", "kubernetes", "--driver-opt"],
          ...[
            "replicas=2,namespace=builds,requests.cpu=100m,loadbalance=random",
            "--platform",
            "linux/amd64",
          ],
        ],
      ],
    ],
    [
      "a builder in use, here, everywhere and by default",
      [
        ["create", "--name", "a", "--driver", "remote", "--use", UNIX],
        ["create", "--name", "b", "--driver", "remote", UNIX],
        ["use", "b"],
        ["use", "--default", "a"],
        ["use", "--global", "b"],
      ],
    ],
    [
      "the default builder in use",
      [
        ["create", "--name", "a", "--driver", "remote", "--use", UNIX],
        ["use", "default"],
      ],
    ],
    [
      "builders removed, one of them in use",
      [
        ["create", "--name", "a", "--driver", "remote", "--use", UNIX],
        ["create", "--name", "b", "--driver", "remote", UNIX],
        ["rm", "a"],
      ],
    ],
    [
      "all inactive builders removed",
      [
        ["create", "--name", "a", "--driver", "remote", UNIX],
        ["create", "--name", "gone", "--driver", "remote", "tcp://127.0.0.1:1"],
        ["create", "--name", "box", "--driver", "docker-container"],
        ["rm", "--all-inactive", "--force"],
      ],
    ],
  ])("%s", async (_, commands) => {
    const [ours, theirs] = await both();
    for (const client of [ours, theirs]) {
      await writeFile(join(client.home, "buildkitd.toml"), CONFIGURATION);
      await writeFile(join(client.home, "ca.pem"), "certificate\n");
      for (const command of commands) await client.succeed(command);
    }
    expect(contents(ours.env.BUILDX_CONFIG!)).toEqual(contents(theirs.env.BUILDX_CONFIG!));
  });
});

const ROUNDS = Number(process.env.TSBX_STORE_ROUNDS ?? 4);
const WORKERS = Array.from({ length: 8 }, (_, index) => `w${index}`);
const NOWHERE = "tcp://127.0.0.1:1";

/** Creates, uses and removes builders of its own, and again and again changes one node of a shared one. */
async function work(client: Client, name: string): Promise<void> {
  for (let round = 1; round <= ROUNDS; round++) {
    await client.succeed(["create", "--name", `${name}-${round}`, "--driver", "remote", "--use", NOWHERE]);
    await client.succeed([
      "create",
      "--name",
      "shared",
      "--append",
      "--node",
      name,
      `tcp://${name}:${round}`,
    ]);
    await client.succeed(["use", "shared"]);
    await client.succeed(["rm", `${name}-${round}`]);
  }
  await client.succeed(["create", "--name", `${name}-kept`, "--driver", "remote", NOWHERE]);
}

it(`8 processes of both tools change one store, ${ROUNDS} rounds each: nothing is lost or torn`, {
  timeout: 60_000 + ROUNDS * 10_000,
}, async () => {
  const dir = join(await workspace(), "store");
  const [ours, theirs] = await both(dir);
  await theirs.succeed(["create", "--name", "shared", "--node", "first", "--driver", "remote", NOWHERE]);
  await Promise.all(WORKERS.map((name, index) => work(index % 2 === 0 ? ours : theirs, name)));

  const { builders, failures } = await new BuilderStore(dir, {}).list();
  expect(failures).toEqual([]);
  expect(builders.map(({ name }) => name)).toEqual(["shared", ...WORKERS.map((name) => `${name}-kept`)]);
  const { nodes } = builders[0]!;
  expect(nodes.map(({ name, endpoint }) => `${name} ${endpoint}`).sort()).toEqual([
    `first ${NOWHERE}`,
    ...WORKERS.map((name) => `${name} tcp://${name}:${ROUNDS}`),
  ]);
  expect((await theirs.succeed(["inspect", "shared", "--timeout", "1s"])).stdout).toContain("w7");
  expect(JSON.parse(readFileSync(join(dir, "current"), "utf8"))).toMatchObject({ Name: expect.any(String) });
  expect(readdirSync(dir).filter((name) => name.startsWith(".tmp"))).toEqual([]);
});
