import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { startAzureBlobs } from "@tsbx/testbed/azure-blobs";
import { startGithubCache } from "@tsbx/testbed/github-cache";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import { type OwnDaemon, startOwnDaemon } from "./support/own-daemon.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

let daemon: OwnDaemon;
let github: Awaited<ReturnType<typeof startGithubCache>>;
let azure: Awaited<ReturnType<typeof startAzureBlobs>>;
const { s3, registry } = loadBed(["s3", "registry"]);

beforeAll(async () => {
  daemon = await startOwnDaemon();
  github = await startGithubCache();
  azure = await startAzureBlobs();
});
afterAll(async () => {
  await daemon?.remove();
  await github?.close();
  await azure?.close();
});

/** Both clients, with a context each that has the same in it. */
async function scene() {
  const directory = await workspace();
  const clients = {
    tsbx: await tsbx(directory, daemon.endpoint),
    peer: await peer(directory, daemon.endpoint),
  };
  return { directory, ...clients };
}

/** Names one cache, which goes with the test. */
function newNonce(): string {
  const nonce = randomUUID();
  onTestFinished(() => rmSync(join(s3.directory, nonce), { recursive: true, force: true }));
  return nonce;
}

/** Lets the daemon forget all that it has built and pulled. */
async function empty(): Promise<void> {
  const client = await daemon.node.client();
  while ((await client.diskUsage([])).length > 0) for await (const _ of client.prune({ all: true }));
}

interface BuildSettings {
  /** Of two: what only the first has in its result is in no cache of the last without `mode=max`. */
  target?: "first" | "last";
  env?: Readonly<Record<string, string>>;
  /** How much the first leaves that cannot be compressed. */
  kibibytes?: number;
}

/** Builds. @returns whether the step of the first stage ran */
async function runs(client: Client, nonce: string, args: readonly string[], options: BuildSettings = {}) {
  return (await build(client, nonce, args, options)).ran;
}

async function build(client: Client, nonce: string, args: readonly string[], options: BuildSettings) {
  const { target = "last", env, kibibytes = 0 } = options;
  writeTree(join(client.home, "context"), {
    Dockerfile: `FROM busybox AS first
RUN echo ${nonce} | tee /x && dd if=/dev/urandom of=/large bs=1024 count=${kibibytes} 2>/dev/null
FROM busybox AS last
COPY --from=first /x /x
`,
  });
  // All of the result has to be there for it.
  const output = args.includes("--push") ? [] : ["--output=type=tar,dest=out.tar"];
  const command = ["build", "--progress=plain", "--target", target, ...output, ...args, "context"];
  const { stderr } = await client.succeed(command, { ...(env && { env }) });
  return { ran: new RegExp(`^#\\d+ [\\d.]+ ${nonce}$`, "m").test(stderr), stderr };
}

/** Where a cache goes. */
interface Kind {
  name: string;
  /** Names one cache: that of a nonce. */
  to: (nonce: string, directory: string) => string[];
  from: (nonce: string, directory: string) => string[];
  env?: () => Record<string, string>;
  kibibytes?: number;
  /** It has the result's steps alone. */
  min?: boolean;
  /** Its format is the service's affair: that of one writer tells of the other's. */
  service?: boolean;
  /** The names of the calls that its service gets, and which of them there must be. */
  calls?: { all: (nonce: string) => string[]; some: string[] };
}

const image = (nonce: string) => `${registry.plain.host}/cache-test/${nonce}:latest`;
/** One value of a flag, with the fields that hold a comma or a quote quoted. */
const csv = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([key, value]) => `"${`${key}=${value}`.replaceAll('"', '""')}"`)
    .join(",");
const bucket = (nonce: string) => ({
  type: "s3",
  bucket: s3.bucket,
  region: s3.region,
  endpoint_url: s3.url,
  use_path_style: "true",
  prefix: `${nonce}/`,
});
const container = (nonce: string) => ({
  type: "azblob",
  account_url: azure.url,
  account_name: azure.account,
  secret_access_key: azure.key,
  container: `c${nonce}`,
});

const KINDS: Kind[] = [
  {
    name: "local",
    to: (_, directory) => [`--cache-to=type=local,dest=${directory}/cache,mode=max`],
    from: (_, directory) => [`--cache-from=type=local,src=${directory}/cache`],
  },
  {
    name: "registry",
    to: (nonce) => [`--cache-to=type=registry,ref=${image(nonce)},mode=max`],
    from: (nonce) => [`--cache-from=${image(nonce)}`],
  },
  {
    name: "inline",
    to: (nonce) => ["--cache-to=type=inline", "--push", `--tag=${image(nonce)}`],
    from: (nonce) => [`--cache-from=type=registry,ref=${image(nonce)}`],
    min: true,
  },
  {
    name: "s3",
    to: (nonce) => ["--cache-to", csv({ ...bucket(nonce), mode: "max" })],
    from: (nonce) => ["--cache-from", csv(bucket(nonce))],
    env: () => ({ AWS_ACCESS_KEY_ID: s3.accessKeyId, AWS_SECRET_ACCESS_KEY: s3.secretAccessKey }),
    // Its clients send more than 16 MiB in parts.
    kibibytes: 17 * 1024,
    calls: { all: s3Calls, some: ["CreateMultipartUpload", "UploadPart", "GetObject"] },
  },
  {
    name: "gha, version 1",
    service: true,
    to: (nonce) => [`--cache-to=type=gha,scope=${nonce},mode=max`],
    from: (nonce) => [`--cache-from=type=gha,scope=${nonce}`],
    env: () => ({ ACTIONS_RUNTIME_TOKEN: github.token, ACTIONS_CACHE_URL: github.url }),
    calls: {
      all: githubCalls,
      some: [
        ...["GET /_apis/artifactcache/cache", "POST /_apis/artifactcache/caches"],
        ...["PATCH /_apis/artifactcache/caches/ID", "POST /_apis/artifactcache/caches/ID"],
      ],
    },
  },
  {
    name: "gha, version 2",
    service: true,
    to: (nonce) => [`--cache-to=type=gha,scope=${nonce},mode=max`],
    from: (nonce) => [`--cache-from=type=gha,scope=${nonce}`],
    env: () => ({
      ACTIONS_CACHE_SERVICE_V2: "true",
      ACTIONS_RUNTIME_TOKEN: github.token,
      ACTIONS_RESULTS_URL: github.url,
    }),
    // More than one of its blocks.
    kibibytes: 3 * 1024,
    calls: {
      all: githubCalls,
      some: [
        ...["CreateCacheEntry", "FinalizeCacheEntryUpload", "GetCacheEntryDownloadURL"],
        ...["PUT blob block", "PUT blob blocklist", "GET blob"],
      ],
    },
  },
  {
    name: "azblob",
    service: true,
    to: (nonce) => ["--cache-to", csv({ ...container(nonce), mode: "max" })],
    from: (nonce) => ["--cache-from", csv(container(nonce))],
  },
];

/** Who looks for what whom wrote. */
const WRITERS = [
  ["tsbx", ["tsbx", "peer"]],
  ["peer", ["tsbx"]],
] as const;

describe.each(KINDS)(
  "a cache of kind $name",
  ({ to, from, env: environment, kibibytes = 0, min, service, calls }) => {
    it("is found on an emptied daemon by both tools", async () => {
      const { directory, ...clients } = await scene();
      const env = environment?.() ?? {};
      const writers = service ? WRITERS.slice(0, 1) : WRITERS;
      for (const [writer, readers] of writers) {
        const nonce = newNonce();
        await empty();
        const target = min ? "first" : "last";
        expect(await runs(clients[writer], nonce, to(nonce, directory), { env, kibibytes, target })).toBe(
          true,
        );
        for (const reader of readers) {
          await empty();
          const found = { env, kibibytes, target: "first" } as const;
          const { ran, stderr } = await build(clients[reader], nonce, from(nonce, directory), found);
          expect(ran, `${reader} looks for what ${writer} wrote:\n${stderr}`).toBe(false);
        }
        if (calls) expect(calls.all(nonce)).toEqual(expect.arrayContaining(calls.some));
      }
    });
  },
);

describe("attributes", () => {
  it("of s3: names and prefixes, and a touch of what is there already", async () => {
    const { tsbx: client } = await scene();
    const nonce = newNonce();
    const where = { ...bucket(nonce), manifests_prefix: "m/", blobs_prefix: "b/" };
    const keys = { access_key_id: s3.accessKeyId, secret_access_key: s3.secretAccessKey };
    const to = csv({ ...where, ...keys, name: "one;two", touch_refresh: "1ns", upload_parallelism: "1" });
    await runs(client, nonce, ["--cache-to", to]);
    const stored = readdirSync(join(s3.directory, nonce), { recursive: true, encoding: "utf8" }).sort();
    expect([...new Set(stored.map((key) => key.replace(/[0-9a-f]{64}$/, "DIGEST")))]).toEqual([
      ...["b", "b/sha256:DIGEST", "m", "m/one", "m/two"],
    ]);
    await runs(client, nonce, ["--cache-to", to]);
    expect(s3Calls(nonce)).toContain("CopyObject");
    await empty();
    expect(await runs(client, nonce, ["--cache-from", csv({ ...where, ...keys, name: "two" })])).toBe(false);
  });

  it("of s3: what is wrong with its keys ends the build, unless errors are to be ignored", async () => {
    const { directory: _, ...clients } = await scene();
    const nonce = newNonce();
    const env = { AWS_ACCESS_KEY_ID: s3.accessKeyId, AWS_SECRET_ACCESS_KEY: "wrong" };
    for (const client of Object.values(clients)) {
      const to = csv({ ...bucket(nonce), retry_max_attempts: "1" });
      await expect(runs(client, nonce, ["--cache-to", to], { env })).rejects.toThrow(/^ERROR: .*Forbidden/m);
      await runs(client, nonce, ["--cache-to", `${to},ignore-error=true`], { env });
    }
  });

  it("of gha: a version of one's own choice", async () => {
    const { tsbx: client } = await scene();
    const nonce = newNonce();
    const env = {
      ACTIONS_CACHE_SERVICE_V2: "1",
      ACTIONS_RUNTIME_TOKEN: github.token,
      ACTIONS_RESULTS_URL: github.url,
    };
    const before = github.calls.length;
    await runs(client, nonce, [`--cache-to=type=gha,scope=${nonce},version=1`], { env });
    expect(github.calls.slice(before)).toContain("POST /_apis/artifactcache/caches");
    expect(github.calls.slice(before)).not.toContain("CreateCacheEntry");
    expect(github.keys()).toContainEqual(expect.stringContaining(`index-${nonce}-`));
  });

  it("of local: tags beside each other, and a reset of what no tag leads to", async () => {
    const { directory: _, ...clients } = await scene();
    const blobs = (client: Client) => readdirSync(join(client.home, "cache/blobs/sha256"));
    const tags = (client: Client) =>
      JSON.parse(readFileSync(join(client.home, "cache/index.json"), "utf8")).manifests.map(
        ({ annotations }: { annotations: Record<string, string> }) =>
          annotations["org.opencontainers.image.ref.name"],
      );
    const counts = [];
    for (const client of Object.values(clients)) {
      const [kept, dropped, last] = [newNonce(), newNonce(), newNonce()];
      await runs(client, kept, ["--cache-to=type=local,dest=cache,tag=kept"]);
      await runs(client, dropped, ["--cache-to=type=local,dest=cache"]);
      const before = blobs(client).length;
      await runs(client, last, ["--cache-to=type=local,dest=cache,reset=true"]);
      expect(tags(client)).toEqual(["kept", "latest"]);
      await empty();
      expect(await runs(client, kept, ["--cache-from=type=local,src=cache,tag=kept"])).toBe(false);
      counts.push({ before, after: blobs(client).length });
    }
    const [ours, theirs] = counts;
    expect(ours).toEqual(theirs);
    expect(ours!.after).toBe(ours!.before);
  });

  it("of local: a cache that is not there yet is warned of", async () => {
    const { tsbx: client } = await scene();
    writeTree(join(client.home, "context"), { Dockerfile: "FROM scratch\nCOPY Dockerfile /\n" });
    const cache = ["--cache-from", "type=local,src=nowhere", "--output", "type=cacheonly"];
    const { stderr } = await client.succeed(["build", ...cache, "context"]);
    expect(stderr).toMatch(/^WARNING: .*nowhere/m);
  });
});

/** The names of the S3 calls for objects of this prefix. */
function s3Calls(prefix: string): string[] {
  const lines = readFileSync(s3.log, "utf8").split("\n");
  return lines
    .filter((line) => line.includes(` ${prefix}`))
    .flatMap((line) => / s3_(\w+) /.exec(line)?.[1] ?? []);
}

function githubCalls(): string[] {
  return github.calls.map((call) => call.replace(/\d+$/, "ID"));
}
