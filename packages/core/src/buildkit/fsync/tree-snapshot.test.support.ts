import { createHash } from "node:crypto";
import { lstatSync, lutimesSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

interface Found {
  /** Binary string. */
  path: string;
  absolute: Buffer;
}

/** Everything below a directory, each directory before what is in it. */
function* entriesOf(root: string, directory = ""): Generator<Found, void, void> {
  const at = (path: string) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, "latin1")]);
  for (const name of (readdirSync(at(directory), "latin1") as string[]).sort()) {
    const path = directory === "" ? name : `${directory}/${name}`;
    const absolute = at(path);
    yield { path, absolute };
    if (lstatSync(absolute).isDirectory()) yield* entriesOf(root, path);
  }
}

/**
 * Everything about a tree that a transfer has to keep, by path (binary strings), for comparison in tests.
 * Hard links are shown by the first name of their file.
 */
export function snapshot(root: string): Record<string, string> {
  const entries: Record<string, string> = {};
  const firstNames = new Map<bigint, string>();
  for (const { path, absolute } of entriesOf(root)) {
    const stat = lstatSync(absolute, { bigint: true });
    const attributes = `${(stat.mode & 0o7777n).toString(8)} ${stat.mtimeNs}`;
    const first = firstNames.get(stat.ino);
    firstNames.set(stat.ino, first ?? path);
    if (stat.isDirectory()) entries[path] = `directory ${attributes}`;
    else if (first !== undefined) entries[path] = `link to ${first}`;
    else if (stat.isSymbolicLink()) {
      entries[path] = `symlink ${stat.mtimeNs} to ${readlinkSync(absolute, "latin1")}`;
    } else if (stat.isFile()) {
      const digest = createHash("sha256").update(readFileSync(absolute)).digest("hex");
      entries[path] = `file ${attributes} ${stat.size} ${digest}`;
    } else entries[path] = "other";
  }
  return entries;
}

/** Gives each entry a time of its own that Node can set exactly: a double with little behind the point. */
export function setTimes(root: string): void {
  const found = [...entriesOf(root)].reverse();
  for (const [i, { absolute }] of found.entries()) lutimesSync(absolute, 1e9 + i, 1e9 + i + 0.5);
}
