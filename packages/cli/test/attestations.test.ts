import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { describe, expect, it } from "vitest";
import { attestationsOf, faults, type Statement, schemaFaults } from "./support/attestations.ts";
import { type Client, peer, tsbx } from "./support/client.ts";
import { masked } from "./support/difference.ts";
import { ociBlobs } from "./support/oci.ts";
import { registryContent } from "./support/registry-content.ts";
import { TREE_TIME, writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const SLSA = "https://slsa.dev/provenance/";
const V02 = `${SLSA}v0.2`;
const V1 = `${SLSA}v1`;
const SPDX = "https://spdx.dev/Document";
const SCANNER = "docker/buildkit-syft-scanner:stable-1";

interface Build {
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** Runs a build with both tools, the peer's first, of the same files, and gives what `read` finds in each `out`. */
async function withBoth<T>(given: Build, read: (out: string) => T): Promise<{ ours: T; theirs: T }> {
  const directory = await workspace();
  const nonce = randomUUID();
  const run = async (client: Client) => {
    const out = join(client.home, "out");
    await mkdir(out);
    writeTree(join(client.home, "context"), {
      Dockerfile: `ARG BUILDKIT_SBOM_SCAN_CONTEXT
FROM busybox AS tool
ARG BUILDKIT_SBOM_SCAN_STAGE
ARG NONCE
RUN echo $NONCE > /nonce
FROM scratch
COPY --from=tool /nonce /
COPY ["file", "/a name"]
`,
      file: "content\n",
    });
    await client.succeed(["build", "--build-arg", `NONCE=${nonce}`, ...given.args, "context"], {
      env: { SOURCE_DATE_EPOCH: String(TREE_TIME), ...given.env },
    });
    return read(out);
  };
  const theirs = await run(await peer(directory));
  return { theirs, ours: await run(await tsbx(directory)) };
}

const IMAGE = [
  "--tag",
  "example.com/attested:1",
  "--output",
  "type=oci,dest=out/image.tar,rewrite-timestamp=true",
];
const readImage = (out: string) => attestationsOf(ociBlobs(join(out, "image.tar")));

describe("an image is attested as the peer's is", () => {
  const MAX = ["--provenance=mode=max"];
  it.each<[string, string[], Build]>([
    ["with mode=min", [V1], { args: ["--provenance=mode=min"] }],
    ["with mode=max", [V1], { args: MAX }],
    ["with version=v1", [V1], { args: ["--attest", "type=provenance,mode=max,version=v1"] }],
    ["with version=v0.2", [V02], { args: ["--provenance=mode=max,version=v0.2"] }],
    ["with mode=min,version=v0.2", [V02], { args: ["--provenance", "mode=min,version=v0.2"] }],
    [
      "with a builder, reproducible",
      [V1],
      { args: ["--provenance=builder-id=https://example.com/me,reproducible=true"] },
    ],
    ["with an SBOM and mode=max", [SPDX, V1], { args: ["--sbom=true", ...MAX] }],
    [
      "with an SBOM of a scanner of one's choice",
      [SPDX, V1],
      { args: ["--attest", `type=sbom,generator=${SCANNER},NOTE=a note`] },
    ],
    ["with an SBOM alone", [SPDX], { args: ["--sbom", `generator=${SCANNER}`, "--provenance=false"] }],
    [
      "with SBOMs of the stages and the context",
      [SPDX, SPDX, SPDX, V1],
      {
        args: [
          ...["--sbom=true", "--build-arg", "BUILDKIT_SBOM_SCAN_STAGE=true"],
          ...["--build-arg", "BUILDKIT_SBOM_SCAN_CONTEXT=true"],
        ],
      },
    ],
    ["as an image manifest", [V1], { args: MAX, env: { BUILDX_NO_DEFAULT_OCI_ARTIFACT: "1" } }],
    ["not at all", [], { args: ["--provenance=false"] }],
    [
      "not by default when that is turned off",
      [],
      { args: [], env: { BUILDX_NO_DEFAULT_ATTESTATIONS: "1" } },
    ],
    [
      "as asked for, but not by default",
      [SPDX],
      { args: ["--sbom=true"], env: { BUILDX_NO_DEFAULT_ATTESTATIONS: "1" } },
    ],
    [
      "with a disabled type",
      [V1],
      { args: ["--attest", "type=sbom,disabled=true", "--sbom=true", "--provenance=true"] },
    ],
    ["not in an archive by default", [], { args: [] }],
    [
      "with all types disabled",
      [],
      { args: ["--attest=type=provenance,disabled=true", "--sbom=false", "--provenance=mode=max"] },
    ],
  ])("%s", async (_, types, { args, env }) => {
    const { ours, theirs } = await withBoth({ args: [...IMAGE, ...args], ...(env && { env }) }, readImage);
    expect(ours).toHaveLength(1);
    expectGood(ours[0]!, types);
    expect(masked(ours)).toEqual(masked(theirs));
    const provenance = ours[0]!.statements.find(({ predicateType }) => predicateType.startsWith(SLSA));
    const hasSteps = JSON.stringify(provenance ?? "").includes("echo $NONCE > /nonce");
    // Whoever asks for provenance gets all of it, unless they ask for less.
    const asked = args.some((arg) => arg.includes("provenance")) && !args.join().includes("mode=min");
    expect(hasSteps).toBe(provenance !== undefined && asked);
    if (args.join().includes("NOTE")) expect(ours[0]!.statements[0]!.predicate.comment).toBe("a note");
  });

  it("on each of several platforms", async () => {
    const args = [...IMAGE, "--platform=linux/amd64,linux/arm64", "--sbom=true", ...MAX];
    const { ours, theirs } = await withBoth({ args }, readImage);
    expect(ours.map(({ platform }) => platform)).toEqual(["linux/amd64", "linux/arm64"]);
    for (const each of ours) {
      expectGood(each, [SPDX, V1]);
      const files = each.statements[0]!.predicate.files as Array<{ fileName: string }>;
      expect(files.map(({ fileName }) => fileName)).toEqual(["/a name", "/nonce"]);
    }
    expect(masked(ours)).toEqual(masked(theirs));
  });

  it("by default when it is pushed", async () => {
    const { host } = loadBed().registry.plain;
    const names = ["ours", "theirs"].map((name) => `${host}/attested/${randomUUID()}:${name}`);
    const directory = await workspace();
    const [ours, theirs] = await Promise.all(
      [await tsbx(directory), await peer(directory)].map(async (client, index) => {
        const stdin = "FROM scratch\nCOPY <<EOF /file\nEOF\n";
        await client.succeed(["build", "--push", "--tag", names[index]!, "-"], { stdin });
        return attestationsOf(await registryContent(names[index]!));
      }),
    );
    for (const [image] of [ours!, theirs!]) {
      expect(image!.statements.map(({ predicateType }) => predicateType)).toEqual([V1]);
      expect(faults(image!.statements[0]!)).toEqual([]);
    }
    expect(ours![0]!.artifactType).toBe(theirs![0]!.artifactType);
  });
});

describe("files come with statements as the peer's do", () => {
  const ATTESTED = ["--sbom=true", "--provenance=mode=max"];
  it.each<[string, string[], string[]]>([
    ["a directory", ["--output=out/files"], ["provenance.json", "sbom.spdx.json"]],
    [
      "with a prefix",
      ["--output=type=local,dest=out/files,attestation-prefix=my-"],
      ["my-provenance.json", "my-sbom.spdx.json"],
    ],
    [
      "of several platforms",
      ["--output=out/files", "--platform=linux/amd64,linux/arm64"],
      ["amd64", "arm64"].flatMap((machine) =>
        ["provenance.json", "sbom.spdx.json"].map((name) => `linux_${machine}/${name}`),
      ),
    ],
  ])("%s", async (_, args, names) => {
    const read = (out: string) => {
      const found = readdirSync(join(out, "files"), { recursive: true, encoding: "utf8" }).sort();
      const statements = found
        .filter((name) => name.endsWith(".json"))
        .map((name): [string, Statement] => [
          name,
          JSON.parse(readFileSync(join(out, "files", name), "utf8")),
        ]);
      return { found, statements: Object.fromEntries(statements) };
    };
    const { ours, theirs } = await withBoth({ args: [...ATTESTED, ...args] }, read);
    expect(Object.keys(ours.statements)).toEqual(names);
    for (const statement of Object.values(ours.statements)) expect(faults(statement)).toEqual([]);
    expect(masked(ours)).toEqual(masked(theirs));
  });
});

describe("the metadata file tells how the build came about", () => {
  const KEY = "buildx.build.provenance";
  const read = (out: string): Record<string, Record<string, unknown>> =>
    JSON.parse(readFileSync(join(out, "metadata.json"), "utf8"));
  const METADATA = ["--metadata-file=out/metadata.json", "--output=type=oci,dest=out/image.tar"];

  it.each<[string | undefined, string[]]>([
    [undefined, METADATA],
    ["max", METADATA],
    ["max", [...METADATA, "--provenance=mode=max,version=v0.2"]],
    ["max", [...METADATA, "--provenance=mode=max,version=v1"]],
    ["min", [...METADATA, "--provenance=false"]],
  ])("in mode %s, with %j", async (mode, args) => {
    const env = mode === undefined ? undefined : { BUILDX_METADATA_PROVENANCE: mode };
    const { ours, theirs } = await withBoth({ args, ...(env && { env }) }, read);
    expect(schemaFaults("slsa-provenance-v0.2", ours[KEY])).toEqual([]);
    expect("metadata" in ours[KEY]!).toBe(mode === "max");
    expect(masked(ours)).toEqual(masked(theirs));
  });

  it("for each platform", async () => {
    const args = [...METADATA, "--platform=linux/amd64,linux/arm64"];
    const { ours, theirs } = await withBoth({ args }, read);
    for (const machine of ["amd64", "arm64"]) {
      expect(schemaFaults("slsa-provenance-v0.2", ours[`${KEY}/linux/${machine}`])).toEqual([]);
    }
    expect(masked(ours)).toEqual(masked(theirs));
  });

  it.each<Build>([
    { args: METADATA, env: { BUILDX_METADATA_PROVENANCE: "disabled" } },
    { args: METADATA, env: { BUILDX_METADATA_PROVENANCE: "false" } },
  ])("not when it is not to: %j", async (given) => {
    const { ours, theirs } = await withBoth(given, read);
    expect(Object.keys(ours).filter((key) => key.startsWith(KEY))).toEqual([]);
    expect(masked(ours)).toEqual(masked(theirs));
  });
});

/** Expects statements of these predicates, in this order, right by their schemas, and about the image. */
function expectGood({ platform, digest, statements }: ReturnType<typeof readImage>[number], types: string[]) {
  expect(statements.map(({ predicateType }) => predicateType)).toEqual(types);
  const name = `pkg:docker/example.com/attested@1?platform=${encodeURIComponent(platform)}`;
  for (const statement of statements) {
    expect(faults(statement)).toEqual([]);
    expect(statement.subject).toEqual([{ name, digest: { sha256: digest.replace("sha256:", "") } }]);
  }
}
