import { createHash } from "node:crypto";
import {
  chmodSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";

/** The mtime of all that `writeTree` writes, in seconds. */
export const TREE_TIME = 1_500_000_000;

/** What to put at a path; a plain string or bytes are a file's content. */
export type Entry =
  | string
  | Uint8Array
  | { content?: string | Uint8Array; mode: number }
  | { directory: true; mode?: number }
  | { symlink: string }
  | { hardlink: string };

/**
 * Writes files below a directory, in the order given; directories on the way are made. A name is taken for
 * latin-1, one character a byte, when it begins with `latin1:`.
 */
export function writeTree(root: string, entries: Readonly<Record<string, Entry>>): void {
  mkdirSync(root, { recursive: true });
  for (const [name, entry] of Object.entries(entries)) {
    const path = pathOf(root, name);
    const slash = path.lastIndexOf(0x2f);
    mkdirSync(path.subarray(0, slash), { recursive: true });
    writeEntry(root, path, entry);
  }
  for (const path of walk(Buffer.from(root)).reverse()) lutimesSync(path, TREE_TIME, TREE_TIME);
  lutimesSync(root, TREE_TIME, TREE_TIME);
}

function writeEntry(root: string, path: Buffer, entry: Entry): void {
  if (typeof entry === "string" || entry instanceof Uint8Array) writeFileSync(path, entry, { mode: 0o644 });
  else if ("symlink" in entry) symlinkSync(entry.symlink, path);
  else if ("hardlink" in entry) linkSync(pathOf(root, entry.hardlink), path);
  else {
    if ("directory" in entry) mkdirSync(path, { recursive: true });
    else writeFileSync(path, entry.content ?? "");
    if (entry.mode !== undefined) chmodSync(path, entry.mode);
  }
}

function pathOf(root: string, name: string): Buffer {
  const [, latin1] = /^latin1:(.*)$/s.exec(name) ?? [];
  return Buffer.concat([Buffer.from(`${root}/`), latin1 ? Buffer.from(latin1, "latin1") : Buffer.from(name)]);
}

/**
 * What is below a directory, one line an entry, sorted: name with the bytes outside of ASCII escaped, mode,
 * owner, mtime in seconds, size, link count of files, and link target or content hash.
 */
export function describeTree(root: string): string[] {
  const base = Buffer.from(root);
  return walk(base)
    .map((path) => describe(path, path.subarray(base.length + 1)))
    .sort();
}

function describe(path: Buffer, name: Buffer): string {
  const stat = lstatSync(path);
  const content = stat.isSymbolicLink()
    ? `-> ${readlinkSync(path, "latin1")}`
    : stat.isFile()
      ? `${stat.size} links=${stat.nlink} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`
      : "";
  const owner = `${stat.uid}:${stat.gid}`;
  return `${escapeBytes(name)} ${stat.mode.toString(8)} ${owner} ${Math.floor(stat.mtimeMs / 1000)} ${content}`;
}

export function escapeBytes(name: Uint8Array): string {
  return Buffer.from(name)
    .toString("latin1")
    .replace(/[^!-~]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** All paths below a directory, each after the directory that it is in. */
function walk(directory: Buffer): Buffer[] {
  return readdirSync(directory, { withFileTypes: true, encoding: "buffer" }).flatMap((entry) => {
    const path = Buffer.concat([directory, Buffer.from("/"), entry.name as unknown as Buffer]);
    return entry.isDirectory() ? [path, ...walk(path)] : [path];
  });
}
