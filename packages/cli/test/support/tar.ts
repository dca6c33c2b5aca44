import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { escapeBytes } from "./tree.ts";

const BLOCK = 512;

export interface TarEntry {
  name: Buffer;
  link: Buffer;
  /** `0` file, `1` hard link, `2` symbolic link, `5` directory. */
  type: string;
  mode: number;
  uid: number;
  gid: number;
  /** Seconds. */
  mtime: number;
  content: Buffer;
}

/** Reads an uncompressed tar archive, with pax headers, whole. */
export function readTar(path: string): TarEntry[] {
  const data = readFileSync(path);
  const entries: TarEntry[] = [];
  let pax = new Map<string, Buffer>();
  for (let at = 0; at + BLOCK <= data.length && data[at] !== 0; ) {
    const header = data.subarray(at, at + BLOCK);
    const field = (from: number, length: number) => upToNul(header.subarray(from, from + length));
    const octal = (from: number, length: number) =>
      Number.parseInt(field(from, length).toString("latin1").trim() || "0", 8);
    const size = Number(pax.get("size") ?? octal(124, 12));
    const content = data.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const type = field(156, 1).toString("latin1") || "0";
    if (type === "x") {
      pax = paxRecords(content);
      continue;
    }
    if (type === "g") continue;
    const prefix = field(345, 155);
    const short =
      prefix.length > 0 ? Buffer.concat([prefix, Buffer.from("/"), field(0, 100)]) : field(0, 100);
    entries.push({
      name: pax.get("path") ?? short,
      link: pax.get("linkpath") ?? field(157, 100),
      type,
      mode: octal(100, 8),
      uid: octal(108, 8),
      gid: octal(116, 8),
      mtime: Math.floor(Number(pax.get("mtime") ?? octal(136, 12))),
      content,
    });
    pax = new Map();
  }
  return entries;
}

/** What is in a tar archive, one line an entry, in its order. */
export function describeTar(path: string): string[] {
  return readTar(path).map((entry) => {
    const hash = createHash("sha256").update(entry.content).digest("hex");
    const content = entry.type === "0" ? `${entry.content.length} ${hash}` : "";
    const mode = entry.mode.toString(8);
    return `${escapeBytes(entry.name)} ${entry.type} ${mode} ${entry.uid}:${entry.gid} ${entry.mtime} ${content}${escapeBytes(entry.link)}`;
  });
}

function paxRecords(content: Buffer): Map<string, Buffer> {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = Number(content.subarray(at, space));
    const record = content.subarray(space + 1, at + length - 1);
    const equals = record.indexOf(0x3d);
    records.set(record.subarray(0, equals).toString(), record.subarray(equals + 1));
    at += length;
  }
  return records;
}

function upToNul(field: Buffer): Buffer {
  const end = field.indexOf(0);
  return end === -1 ? field : field.subarray(0, end);
}
