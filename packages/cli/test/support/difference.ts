import { randomUUID } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { type Client, peer, tsbx } from "./client.ts";
import { type OciImage, readOciImages } from "./oci.ts";
import type { DriverPlace } from "./places.ts";
import type { RunOptions } from "./process.ts";
import { describeTar } from "./tar.ts";
import { describeTree, type Entry, TREE_TIME, writeTree } from "./tree.ts";
import { workspace } from "./workspace.ts";

export interface Scenario {
  /** The context's files. */
  files: Readonly<Record<string, Entry>>;
  /** Further arguments; `build` and the outputs come before them. */
  args?: readonly string[];
  /** The context argument; the directory of `files` when left out. */
  context?: string;
  env?: Readonly<Record<string, string>>;
  /** Only the exporters are told of `SOURCE_DATE_EPOCH`: daemons of 0.32 cannot check out a directory with it. */
  exportersEpoch?: boolean;
  /** A file, by its path in the context, to give as stdin. */
  stdin?: string;
  /** The steps that the cache is not asked for. */
  runs?: readonly string[];
  /** Makes what the arguments name; runs in the directory that is the context's parent and theirs to start in. */
  prepare?: (parent: string) => Promise<void>;
}

/** What a build left behind. */
export interface Built {
  images: OciImage[];
  tar: string[];
  local: string[];
  metadata: Record<string, unknown>;
  stderr: string;
}

/**
 * Builds a scenario with the peer and with tsbx, each from files, a configuration and a client id of its own,
 * and expects the same of both. The build argument `NONCE` is the same for both and new each time, so that
 * nothing but the other's build can be what a step is found in the cache for:
 * - tsbx with the cache finds there all that the peer has built, so what it sends has the same content hashes,
 *   and its files are the same to the second;
 * - tsbx without the cache makes the same image, byte for byte, out of the same build definition.
 */
export async function expectSame(scenario: Scenario, place: DriverPlace): Promise<Built> {
  const directory = await workspace();
  const nonce = randomUUID();
  const [ours, theirs] = [await tsbx(directory, place), await peer(directory, place)];
  const reference = await buildAll(theirs, "reference", scenario, place, ["--no-cache"], nonce);
  const cached = await buildAll(ours, "cached", scenario, place, [], nonce);
  expect(cached.images).toEqual(reference.images);
  expect(cached.tar).toEqual(reference.tar);
  expect(cached.local).toEqual(reference.local);
  expect(uncachedSteps(cached.stderr)).toEqual(scenario.runs ?? []);

  const rebuilt = await buildAll(ours, "rebuilt", scenario, place, ["--no-cache"], nonce);
  expect(rebuilt.images).toEqual(reference.images);
  expect(masked(rebuilt.metadata)).toEqual(masked(reference.metadata));
  return reference;
}

/** Builds what neither tool can there, and expects that both say the same. */
export async function expectSameFailure(
  scenario: Scenario,
  place: DriverPlace,
  error: RegExp,
): Promise<void> {
  const directory = await workspace();
  const [ours, theirs] = [await tsbx(directory, place), await peer(directory, place)];
  const ends = [];
  for (const client of [theirs, ours]) {
    const parent = join(client.home, "failing");
    await mkdir(parent, { recursive: true });
    writeTree(join(parent, "context"), scenario.files);
    await scenario.prepare?.(parent);
    const args = [
      "build",
      "--progress=plain",
      "--output=type=local,dest=out",
      ...(scenario.args ?? []),
      "context",
    ];
    const { code, stderr } = await client.run(args, { cwd: parent });
    ends.push({ code, error: stderr.match(/^ERROR: .*$/m)?.[0] });
  }
  expect(ends[1]).toEqual(ends[0]);
  expect(ends[0]!.code).not.toBe(0);
  expect(ends[0]!.error).toMatch(error);
}

async function buildAll(
  client: Client,
  name: string,
  scenario: Scenario,
  { capabilities }: DriverPlace,
  cacheFlags: readonly string[],
  nonce: string,
): Promise<Built> {
  const parent = join(client.home, name);
  const context = join(parent, "context");
  const out = join(client.home, `${name}-out`);
  await mkdir(parent, { recursive: true });
  await mkdir(out);
  writeTree(context, scenario.files);
  await scenario.prepare?.(parent);
  const oci = capabilities.ociTarball;
  const outputs = [
    ...(oci ? [`type=oci,dest=${out}/image.tar,rewrite-timestamp=true`] : []),
    `type=tar,dest=${out}/files.tar`,
    `type=local,dest=${out}/files`,
  ].map((output) => (scenario.exportersEpoch ? `${output},source-date-epoch=${TREE_TIME}` : output));
  const options: RunOptions = {
    cwd: parent,
    env: {
      ...(!scenario.exportersEpoch && { SOURCE_DATE_EPOCH: String(TREE_TIME) }),
      BUILDX_METADATA_PROVENANCE: "max",
      ...scenario.env,
    },
    ...(scenario.stdin && { stdin: createReadStream(join(context, scenario.stdin)) }),
  };
  const noCacheFilter = scenario.args?.includes("--no-cache-filter");
  const { stderr } = await client.succeed(
    [
      "build",
      "--progress=plain",
      ...outputs.flatMap((output) => ["--output", output]),
      ...["--metadata-file", `${out}/metadata.json`],
      ...["--build-arg", `NONCE=${nonce}`],
      ...(noCacheFilter ? [] : cacheFlags),
      ...(scenario.args ?? []),
      scenario.context ?? "context",
    ],
    options,
  );
  return {
    images: oci ? readOciImages(`${out}/image.tar`) : [],
    tar: describeTar(`${out}/files.tar`),
    local: describeTree(`${out}/files`),
    metadata: JSON.parse(readFileSync(`${out}/metadata.json`, "utf8")),
    stderr,
  };
}

/** The Dockerfile's own steps that ran instead of being found in the cache. */
export function uncachedSteps(stderr: string): string[] {
  const names = new Map([...stderr.matchAll(/^#(\d+) (\[.*)$/gm)].map(([, number, name]) => [number, name!]));
  return [...stderr.matchAll(/^#(\d+) DONE/gm)]
    .map(([, number]) => names.get(number))
    .filter((name): name is string => /\d+\/\d+\]/.test(name ?? "") && !/\] FROM /.test(name ?? ""));
}

/** Metadata without what is another at each build: references, times, and digests of what these are in. */
export function masked(metadata: unknown): unknown {
  return JSON.parse(
    JSON.stringify(metadata, (key, value: unknown) => {
      if (key === "buildx.build.ref") return "bed/bed0/REF";
      if (/^(buildInvocationID|buildStartedOn|buildFinishedOn|startedOn|finishedOn)$/.test(key))
        return "MASKED";
      // The digests of the steps, which have the session in them, and what was packed anew.
      if (key === "vertex" || key === "digestMapping" || key === "layers" || key === "sysUsage")
        return "MASKED";
      if (key === "containerimage.digest" || key === "containerimage.descriptor") return "MASKED";
      // Random references, and the ids of the clients.
      if (typeof value === "string")
        return value.replace(/(?<![0-9a-z])([0-9a-z]{25}|[0-9a-f]{16})(?![0-9a-z])/g, "MASKED");
      return value;
    }),
  );
}
