import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import type { CacheSnapshot } from "@tsbx/core/explain";
import { writeFileAtomic } from "../files/atomic.ts";

/** So many builds are remembered, those that were built last. */
const KEPT = 100;

/** The snapshots of builds, each in a file that is named by what was built where. */
export class SnapshotFiles {
  readonly #directory: string;

  /** @param directory made when it is first needed */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The last build of this key; nothing when there is none that can be read. */
  async read(key: readonly string[]): Promise<CacheSnapshot | undefined> {
    try {
      const text = (await promisify(gunzip)(await readFile(this.#path(key)))).toString("utf8");
      const snapshot: CacheSnapshot = JSON.parse(text);
      return snapshot.version === 1 ? snapshot : undefined;
    } catch {
      return undefined;
    }
  }

  async write(key: readonly string[], snapshot: CacheSnapshot): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await writeFileAtomic(this.#path(key), await promisify(gzip)(JSON.stringify(snapshot)), 0o600);
    await this.#forget();
  }

  async #forget(): Promise<void> {
    const names = (await readdir(this.#directory)).filter((name) => name.endsWith(".json.gz"));
    if (names.length <= KEPT) return;
    const paths = names.map((name) => join(this.#directory, name));
    const found = await Promise.all(
      paths.map(async (path) => ({ path, time: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0 })),
    );
    found.sort((a, b) => b.time - a.time);
    for (const { path } of found.slice(KEPT)) await rm(path, { force: true });
  }

  #path(key: readonly string[]): string {
    const digest = createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 32);
    return join(this.#directory, `${digest}.json.gz`);
  }
}
