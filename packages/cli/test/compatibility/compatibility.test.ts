import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BUILD_FLAGS } from "../../src/build/flags.ts";
import { type Client, peer, tsbx } from "../support/client.ts";
import { masked, uncachedSteps } from "../support/difference.ts";
import { readOciImages } from "../support/oci.ts";
import { describeTree, TREE_TIME, writeTree } from "../support/tree.ts";
import { workspace } from "../support/workspace.ts";
import { CASES, type CompatibilityCase, DOCKERFILE } from "./cases.mjs";

it("every flag has a case", () => {
  const tested = new Set(CASES.flatMap(({ flag }) => flag));
  expect(Object.keys(BUILD_FLAGS).filter((name) => !tested.has(`--${name}`))).toEqual([]);
});

describe("the same as the peer", () => {
  it.each(CASES.filter(({ differs }) => !differs))("$flag: $args $contexts $env", async (given) => {
    const { ours, theirs, ran } = await both(given);
    expect(ours).toEqual(theirs);
    expect(ran).toEqual([]);
  });
});

describe("other than the peer", () => {
  it.each(CASES.filter(({ differs }) => differs))("$flag: $args, $differs", async (given) => {
    const { ours, theirs } = await both(given);
    expect(ours).not.toEqual(theirs);
    expect(ours.code).toBe(given.exits === undefined ? theirs.code : Number(given.exits));
    if (given.exits !== undefined) expect(theirs.code).not.toBe(ours.code);
  });
});

async function both(given: CompatibilityCase) {
  const directory = await workspace();
  const [ours, theirs] = [await tsbx(directory), await peer(directory)];
  // One after the other: the second then finds in the cache whatever it asks for in the same way.
  const first = await effects(theirs, given);
  const second = await effects(ours, given);
  return { theirs: first.effects, ours: second.effects, ran: uncachedSteps(second.stderr) };
}

/** All that a command line leaves behind. */
async function effects(client: Client, given: CompatibilityCase) {
  const { args, dockerfile = DOCKERFILE, files, contexts = ["context"], env, stdin, plain } = given;
  const cwd = join(client.home, "run");
  await mkdir(join(cwd, "out"), { recursive: true });
  writeTree(join(cwd, "context"), { Dockerfile: dockerfile, file: "content\n" });
  writeTree(cwd, files ?? {});
  const own = [
    "--output",
    "type=oci,dest=out/image.tar,rewrite-timestamp=true",
    "--metadata-file",
    "out/metadata.json",
  ];
  const { code, stdout, stderr } = await client.run(["build", ...(plain ? [] : own), ...args, ...contexts], {
    cwd,
    env: { SOURCE_DATE_EPOCH: String(TREE_TIME), ...env },
    ...(stdin !== undefined && { stdin }),
  });
  const left = results(join(cwd, "out"));
  // The definition of a source has the session in it.
  const said = stdout.replaceAll(/ {6}"definition": \{\n(?: {8}.*\n)* {6}\},\n/g, "");
  return { effects: { code, stdout: masked(said), error: lastError(stderr), ...left }, stderr };
}

/** The last error, and what comes after it: of a check, the place. */
function lastError(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("HINT: "));
  const start = lines.findLastIndex((line) => line.startsWith("ERROR: "));
  if (start < 0) return "";
  return lines
    .slice(start)
    .join("\n")
    .replace(/^ERROR: failed to build: /, "ERROR: ");
}

/** The files of a directory; of images and metadata what is not another at each build. */
function results(directory: string) {
  const tree = describeTree(directory)
    .filter((line) => !/^(image|docker)\.tar |^(metadata\.json|layout|cache)/.test(line))
    // What is made now has another time each time.
    .map((line) => line.replace(/^(\S+ \S+ \S+) 1[7-9]\d{8} /, "$1 NOW "));
  const optional = <T>(read: () => T) => {
    try {
      return read();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  };
  return {
    tree,
    images: optional(() => readOciImages(join(directory, "image.tar"))),
    metadata: optional(() => masked(JSON.parse(readFileSync(join(directory, "metadata.json"), "utf8")))),
    layout: optional(() =>
      Object.keys(JSON.parse(readFileSync(join(directory, "layout/index.json"), "utf8"))),
    ),
  };
}
