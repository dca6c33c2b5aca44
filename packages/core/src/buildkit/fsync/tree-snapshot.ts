import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * Everything about a tree that a transfer has to keep, by path (binary strings), for comparison in tests.
 * Hard links are shown by the first name of their file.
 * @param precision of modification times, in nanoseconds: Node sets times as doubles
 */
export function snapshot(root: string, precision = 1000n): Record<string, string> {
  const entries: Record<string, string> = {};
  const firstNames = new Map<bigint, string>();
  const visit = (path: string) => {
    const absolute = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, "latin1")]);
    for (const name of (readdirSync(absolute, "latin1") as string[]).sort()) {
      const child = path === "" ? name : `${path}/${name}`;
      const at = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(child, "latin1")]);
      const stat = lstatSync(at, { bigint: true });
      const mode = (stat.mode & 0o7777n).toString(8);
      const time = (stat.mtimeNs + precision / 2n) / precision;
      const first = firstNames.get(stat.ino);
      firstNames.set(stat.ino, first ?? child);
      if (stat.isDirectory()) {
        entries[child] = `directory ${mode} ${time}`;
        visit(child);
      } else if (stat.isSymbolicLink()) {
        entries[child] = `symlink ${readlinkSync(at, "latin1")} ${time}`;
      } else if (first !== undefined) {
        entries[child] = `link to ${first}`;
      } else if (stat.isFile()) {
        const digest = createHash("sha256").update(readFileSync(at)).digest("hex");
        entries[child] = `file ${mode} ${time} ${stat.size} ${digest}`;
      } else {
        entries[child] = "other";
      }
    }
  };
  visit("");
  return entries;
}
