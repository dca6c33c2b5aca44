import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isEngineError, openEngine } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import { afterEach, expect, it } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import { workspace } from "./support/workspace.ts";

const { unix } = loadBed().docker.containerd;
const engine = openEngine(unix, {});
const { signal } = new AbortController();
const NODE = `rm-${randomBytes(4).toString("hex")}`;
const container = `/containers/buildx_buildkit_${NODE}`;
const volume = `/volumes/buildx_buildkit_${NODE}_state`;

afterEach(async () => {
  await removed(`${container}?force=true`);
  await removed(volume);
});

/** What the daemon says of something; undefined when it is not there. */
async function ask(method: string, path: string): Promise<object | undefined> {
  try {
    return await engine.json<object>(method, path, { signal });
  } catch (error) {
    if (isEngineError(error, 404)) return undefined;
    throw error;
  }
}
const removed = (path: string) => ask("DELETE", path);

/** What is there of the node, and which builders are stored. */
async function left(client: Client): Promise<string[]> {
  const found = (await ask("GET", `${container}/json`)) as { State: { Status: string } } | undefined;
  return [
    ...(found ? [`container ${found.State.Status}`] : []),
    ...((await ask("GET", volume)) ? ["volume"] : []),
    ...readdirSync(join(client.env.BUILDX_CONFIG!, "instances")).sort(),
  ];
}

const CREATE = ["create", "--name", "box", "--node", NODE, "--driver", "docker-container"];

/** Commands, each with what is to be left after it. */
const STEPS: ReadonlyArray<[command: string[], left: string[], stdin?: string]> = [
  [
    [...CREATE, "--bootstrap"],
    ["container running", "volume", "box"],
  ],
  [
    ["create", "--name", "idle", "--driver", "docker-container"],
    ["container running", "volume", "box", "idle"],
  ],
  [["rm", "--all-inactive"], ["container running", "volume", "box", "idle"], "n\n"],
  [["rm", "--all-inactive"], ["container running", "volume", "box", "idle"], ""],
  [["rm", "--all-inactive"], ["container running", "volume", "box"], "y\n"],
  [
    ["stop", "box"],
    ["container exited", "volume", "box"],
  ],
  [["rm", "--keep-state", "box"], ["volume"]],
  [
    [...CREATE, "--bootstrap"],
    ["container running", "volume", "box"],
  ],
  [
    ["rm", "--keep-daemon", "box"],
    ["container running", "volume"],
  ],
  [CREATE, ["container running", "volume", "box"]],
  [["rm", "box"], []],
];

it("leaves the same of a docker-container builder as the peer", async () => {
  const directory = await workspace();
  const place = { name: "none", node: "", env: { DOCKER_HOST: unix } };
  const told = [];
  for (const client of [await peer(directory, place), await tsbx(directory, place)]) {
    const answers = [];
    for (const [command, expected, stdin = ""] of STEPS) {
      const { code, stdout, stderr } = await client.run(command, { stdin });
      expect([client.name, command, await left(client)]).toEqual([client.name, command, expected]);
      // Progress of a boot is another matter.
      answers.push([command, code, stdout, command.includes("--bootstrap") ? "" : stderr]);
    }
    told.push(answers);
  }
  expect(told[1]).toEqual(told[0]);
});
