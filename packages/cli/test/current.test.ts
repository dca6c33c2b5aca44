import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { expect, it } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import { workspace } from "./support/workspace.ts";

const { docker } = loadBed();
const HERE = docker.containerd.unix;
const THERE = "tcp://127.0.0.1:1";
const NOWHERE = "tcp://127.0.0.1:2";

/** Both tools, each with a store of its own. */
async function both(): Promise<[ours: Client, theirs: Client]> {
  const directory = await workspace();
  const place = { name: "none", node: "", env: {} };
  return [await tsbx(directory, place), await peer(directory, place)];
}

const create = (name: string): string[] => ["create", "--name", name, "--driver", "remote", NOWHERE];

it.each<[string, Array<[host: string, command: string[]]>]>([
  [
    "the default of the endpoint, after another one had its turn",
    [
      [HERE, ["use", "--default", "a"]],
      [THERE, ["use", "b"]],
    ],
  ],
  [
    "the default of the endpoint, which was removed meanwhile",
    [
      [HERE, ["use", "--default", "a"]],
      [THERE, ["use", "a"]],
      [THERE, ["rm", "a"]],
    ],
  ],
  [
    "one for all endpoints, which was removed meanwhile",
    [
      [HERE, ["use", "--default", "b"]],
      [THERE, ["use", "--global", "a"]],
      [THERE, ["rm", "a"]],
    ],
  ],
  ["one of another endpoint", [[THERE, ["use", "a"]]]],
])("the same builder is in use: %s", async (_, steps) => {
  const used = [];
  for (const client of await both()) {
    const run = (host: string, args: string[]) => client.succeed(args, { env: { DOCKER_HOST: host } });
    for (const name of ["a", "b"]) await run(HERE, create(name));
    for (const [host, command] of steps) await run(host, command);
    const { stdout } = await run(HERE, ["inspect", "--timeout", "1s"]);
    used.push(/^Name: +(\S+)/.exec(stdout)?.[1]);
  }
  expect(used[0]).toBe(used[1]);
});

const TLS = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: docker.containerd.certPath };

it.each<[string, Record<string, string>]>([
  ["DOCKER_HOST=tcp://127.0.0.1", { DOCKER_HOST: "tcp://127.0.0.1" }],
  ["DOCKER_HOST=tcp://127.0.0.1:99", { DOCKER_HOST: "tcp://127.0.0.1:99" }],
  ["DOCKER_HOST=127.0.0.1:99", { DOCKER_HOST: "127.0.0.1:99" }],
  ["DOCKER_HOST=localhost", { DOCKER_HOST: "localhost" }],
  ["DOCKER_HOST=:99", { DOCKER_HOST: ":99" }],
  ["DOCKER_HOST=tcp://[::1]:99/path", { DOCKER_HOST: "tcp://[::1]:99/path" }],
  ["DOCKER_HOST=unix://", { DOCKER_HOST: "unix://" }],
  ["DOCKER_HOST=ssh://me@host", { DOCKER_HOST: "ssh://me@host" }],
  ["no DOCKER_HOST", {}],
  ["no DOCKER_HOST, with TLS", TLS],
  ["DOCKER_HOST=tcp://127.0.0.1, with TLS", { ...TLS, DOCKER_HOST: "tcp://127.0.0.1" }],
])("the endpoint has one name: %s", async (_, env) => {
  const currents = [];
  for (const client of await both()) {
    await client.succeed([...create("a"), "--use"], { env });
    currents.push(readFileSync(join(client.env.BUILDX_CONFIG!, "current"), "utf8"));
  }
  expect(currents[0]).toBe(currents[1]);
});
