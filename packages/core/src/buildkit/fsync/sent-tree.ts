import { textOf } from "./byte-name.ts";

/** Of so many top-level entries the sums are kept; of more, only those that have most. */
const KEPT = 1024;
const SLASH = 0x2f;

/** A file or directory at the top of a tree, and what of it was sent. */
export interface SentEntry {
  path: string;
  files: number;
  bytes: number;
}

/**
 * Counts what is sent of a tree, in all and by top-level entry. The memory is bounded whatever the tree: with
 * thousands of top-level entries, sums of small ones are dropped, so that those of others may lack a little.
 */
export class SentTree {
  /** Entries of the listing. */
  entries = 0;
  /** Files that the daemon asked for, and their bytes. */
  files = 0;
  bytes = 0;
  readonly #tops = new Map<string, SentEntry>();
  /** The one that the last file was of: most files are of the same as the one before. */
  #last: SentEntry = { path: "", files: 0, bytes: 0 };

  /** Counts a file. The path is a binary string. */
  add(path: string, bytes: number): void {
    this.files++;
    this.bytes += bytes;
    const { path: last } = this.#last;
    if (path.charCodeAt(last.length) !== SLASH || !path.startsWith(last)) this.#last = this.#topOf(path);
    this.#last.files++;
    this.#last.bytes += bytes;
  }

  /** The top-level entries with most bytes, largest first. */
  largest(count: number): SentEntry[] {
    return this.#bySize()
      .slice(0, count)
      .map((entry) => ({ ...entry, path: textOf(entry.path) }));
  }

  #topOf(path: string): SentEntry {
    const slash = path.indexOf("/");
    const name = slash < 0 ? path : path.slice(0, slash);
    let top = this.#tops.get(name);
    if (!top) {
      if (this.#tops.size >= 2 * KEPT) this.#dropSmall();
      top = { path: name, files: 0, bytes: 0 };
      this.#tops.set(name, top);
    }
    return top;
  }

  #dropSmall(): void {
    for (const { path } of this.#bySize().slice(KEPT)) this.#tops.delete(path);
  }

  #bySize(): SentEntry[] {
    return [...this.#tops.values()].sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
  }
}
