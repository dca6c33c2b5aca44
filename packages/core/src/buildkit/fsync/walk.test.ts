import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { memoryStreamPair } from "../transport/memory-stream.ts";
import { PatternList } from "./pattern.ts";
import { receiveTree } from "./receiver.ts";
import { sendTree } from "./sender.ts";
import { setTimes, snapshot } from "./tree-snapshot.test.support.ts";
import { walkTree } from "./walk.ts";

interface Node {
  [name: string]: Node | "file" | "link";
}

const name = fc.constantFrom("a", "b", "a-b", "ab", "c.x", "ü");
const { tree } = fc.letrec<{ tree: Node; node: Node | "file" | "link" }>((tie) => ({
  tree: fc.dictionary(name, tie("node"), { maxKeys: 4, noNullPrototype: true }),
  node: fc.oneof({ maxDepth: 3, withCrossShrink: true }, fc.constantFrom("file", "link"), tie("tree")),
}));
const pattern = fc
  .tuple(
    fc.boolean(),
    fc.array(fc.constantFrom("a", "b", "a-b", "ü", "*", "**", "a*", "?", "[ab]", "*.x"), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([exception, names]) => (exception ? "!" : "") + names.join("/"));
const patterns = fc.array(pattern, { maxLength: 4 });

function build(directory: string, node: Node): void {
  mkdirSync(directory);
  for (const [child, kind] of Object.entries(node)) {
    const path = join(directory, child);
    if (kind === "file") writeFileSync(path, path);
    else if (kind === "link") symlinkSync("a", path);
    else build(path, kind);
  }
}

/** What is sent, by the rules and nothing else: everything is visited, nothing is pruned. */
function reference(node: Node, include: string[], exclude: string[]): string[] {
  const included = new PatternList(include);
  const excluded = new PatternList(exclude);
  const visit = (
    directory: Node,
    prefix: string,
    above: { include: Uint8Array; exclude: Uint8Array },
  ): string[] =>
    Object.keys(directory)
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .flatMap((child) => {
        const path = prefix + child;
        const state = { include: included.initial, exclude: excluded.initial };
        const isIncluded = included.match(path, above.include, state.include) || include.length === 0;
        const isExcluded = excluded.match(path, above.exclude, state.exclude);
        const kind = directory[child]!;
        const below = typeof kind === "string" ? [] : visit(kind, `${path}/`, state);
        return (isIncluded && !isExcluded) || below.length > 0 ? [path, ...below] : [];
      });
  return visit(node, "", { include: included.initial, exclude: excluded.initial });
}

test("any filter on any tree: what is listed, and what arrives", async () => {
  await fc.assert(
    fc.asyncProperty(tree, patterns, patterns, async (node, include, exclude) => {
      const base = mkdtempSync(join(tmpdir(), "tsbx-walk-"));
      try {
        const root = join(base, "root");
        build(root, node);
        setTimes(root);
        const filter = { include, exclude, follow: [] };
        const expected = reference(node, include, exclude);
        const listed = [...walkTree(root, filter)].flatMap((entry) =>
          entry ? [Buffer.from(entry.path, "latin1").toString()] : [],
        );
        expect(listed).toEqual(expected);

        const { client, server } = memoryStreamPair();
        const sending = sendTree(client, { root }, filter).finally(() => client.end());
        const receiving = receiveTree(server, join(base, "dest")).finally(() => server.end());
        await Promise.all([sending, receiving]);
        const original = snapshot(root);
        const arrived = expected.map((path) => Buffer.from(path).toString("latin1"));
        expect(snapshot(join(base, "dest"))).toEqual(
          Object.fromEntries(arrived.map((path) => [path, original[path]])),
        );
      } finally {
        rmSync(base, { recursive: true, force: true });
      }
    }),
    { numRuns: 300 },
  );
});

test("a walk stops at entries that are left out too", () => {
  const root = mkdtempSync(join(tmpdir(), "tsbx-walk-"));
  try {
    build(join(root, "top"), { a: "file", b: { c: "file", d: {} }, e: "file" });
    const filter = { include: [], exclude: ["*", "!**/nothing"], follow: [] };
    expect([...walkTree(join(root, "top"), filter)]).toEqual(Array(5).fill(undefined));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test("extended attributes are asked for by the entry's path", () => {
  const root = mkdtempSync(join(tmpdir(), "tsbx-walk-"));
  try {
    build(join(root, "top"), { a: "file", b: { a: "file" } });
    const read = (path: string) => [["user.path", Buffer.from(path.slice(root.length))]] as const;
    const entries = [...walkTree(join(root, "top"), { include: [], exclude: [], follow: [] }, read)];
    expect(entries.map((entry) => String(entry!.xattrs![0]![1]))).toEqual(["/top/a", "/top/b", "/top/b/a"]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
