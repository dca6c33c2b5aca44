import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { loadBed } from "@tsbx/testbed";
import { type Place, remotePlace } from "./places.ts";
import { type Outcome, Running, type RunOptions, succeed } from "./process.ts";

const ROOT = resolve(import.meta.dirname, "../../../..");
const TSBX = [process.execPath, join(ROOT, "packages/cli/dist/bin.js")] as const;

/** One of the two command lines, with a home, a configuration and a client id of its own. */
export interface Client {
  name: "tsbx" | "peer";
  home: string;
  dockerConfig: string;
  /** Its directory for temporary files. */
  temporary: string;
  env: Readonly<Record<string, string>>;
  /** The program with what comes before a command. */
  command: readonly [string, ...string[]];
  /** Starts a command, such as `build`. Nothing of this process's environment reaches it but `PATH`. */
  start(args: readonly string[], options?: RunOptions): Running;
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Like `run`, of a command that must succeed. */
  succeed(args: readonly string[], options?: RunOptions): Promise<Outcome>;
}

/**
 * tsbx, built from the sources as they are, with a builder `bed` in use.
 * @param at an endpoint of the remote driver, or where else the builder is
 */
export function tsbx(directory: string, at?: string | Place): Promise<Client> {
  return client("tsbx", TSBX, join(directory, "tsbx"), at);
}

/** The peer, with the same builder. */
export function peer(directory: string, at?: string | Place): Promise<Client> {
  return client("peer", [loadBed(["tools"]).tools.buildx], join(directory, "peer"), at);
}

async function client(
  name: Client["name"],
  [program, ...prefix]: readonly [string, ...string[]],
  home: string,
  at: string | Place = loadBed(["buildkitd"]).buildkitd.unix,
): Promise<Client> {
  const place = typeof at === "string" ? remotePlace(at) : at;
  const dockerConfig = join(home, ".docker");
  const temporary = join(home, "tmp");
  await mkdir(dockerConfig, { recursive: true });
  await mkdir(temporary, { recursive: true });
  const env = {
    HOME: home,
    PATH: process.env.PATH ?? "",
    TMPDIR: temporary,
    BUILDX_CONFIG: join(home, "buildx"),
    ...place.env,
  };
  await createBuilder(name, place, env);
  const start = (args: readonly string[], options: RunOptions = {}) =>
    new Running(program, [...prefix, ...args], { cwd: home, ...options, env: { ...env, ...options.env } });
  return {
    name,
    home,
    dockerConfig,
    temporary,
    env,
    command: [program, ...prefix],
    start,
    run: (args, options) => start(args, options).outcome,
    async succeed(args, options) {
      const outcome = await start(args, options).outcome;
      if (outcome.code === 0) return outcome;
      throw new Error(`${name} ${args.join(" ")} ended with ${outcome.code}:\n${outcome.stderr}`);
    },
  };
}

/** Makes the builder `bed`: with the peer also for tsbx, unless it has no such driver. */
async function createBuilder(name: Client["name"], place: Place, env: Client["env"]): Promise<void> {
  const own = name === "peer" ? (place.peerCreate ?? place.create) : place.create;
  if (!own) return;
  const args = ["create", "--name", "bed", "--node", place.node, "--use", ...own];
  if (name === "tsbx" && place.peerCreate)
    await succeed(process.execPath, [...TSBX.slice(1), ...args], { env });
  else await succeed(loadBed(["tools"]).tools.buildx, args, { env });
}

/** Ends what builds at a place have started, and removes all that it has. For after all tests. */
export async function removeBuilder({ create, peerCreate, node, env: own = {} }: Place): Promise<void> {
  if (!create) return;
  const home = await mkdtemp(join(tmpdir(), "tsbx-cli-"));
  const env = { PATH: process.env.PATH, HOME: home, BUILDX_CONFIG: home, ...own };
  const program = peerCreate ? TSBX : [loadBed(["tools"]).tools.buildx];
  const run = (...args: string[]) =>
    promisify(execFile)(program[0]!, [...program.slice(1), ...args], { env });
  try {
    await run("create", "--name", "bed", "--node", node, ...create);
    await run("rm", "bed");
  } finally {
    await rm(home, { recursive: true });
    if (own.XDG_STATE_HOME) await rm(own.XDG_STATE_HOME, { recursive: true, force: true });
  }
}
