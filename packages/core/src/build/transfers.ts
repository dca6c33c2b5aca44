import { type SentEntry, SentTree } from "../buildkit/fsync/sent-tree.ts";

/** How many top-level entries a transfer names. */
const LARGEST = 10;

/** What a node took of one of the directories that a build offers to it. */
export interface Transfer {
  /** `context`, `dockerfile`, or the name of a further context. */
  mount: string;
  /** Name of the node. */
  node: string;
  /** How many files and directories it was told of, to compare them with what it has. */
  entries: number;
  /** How many files it asked for, and their bytes. */
  files: number;
  bytes: number;
  /** The files and directories at the top that have most of these bytes: at most ten, largest first. */
  largest: readonly SentEntry[];
}

/** Counts what the nodes of a build take, while they do. */
export class Transfers {
  readonly #counted = new Map<string, { mount: string; node: string; sent: SentTree }>();

  /** What counts a mount for a node. */
  sent(node: string, mount: string): SentTree {
    const key = `${node}\0${mount}`;
    const counted = this.#counted.get(key) ?? { mount, node, sent: new SentTree() };
    this.#counted.set(key, counted);
    return counted.sent;
  }

  /** What there is so far, in the order in which it was first asked for. */
  list(): Transfer[] {
    return [...this.#counted.values()].map(({ mount, node, sent }) => {
      const { entries, files, bytes } = sent;
      return { mount, node, entries, files, bytes, largest: sent.largest(LARGEST) };
    });
  }
}
