import { textOf } from "./byte-name.ts";
import { type MatchState, PatternList } from "./pattern.ts";

export interface Verdict {
  /** The entry is part of the tree. */
  sent: boolean;
  /** The entry matches the exclude list: trouble with reading it is no trouble. */
  excluded: boolean;
  /** Nothing below can be part of the tree. For directories. */
  prune: boolean;
  /** What the entry's children need. */
  state: FilterState;
}

export interface FilterState {
  include: MatchState;
  exclude: MatchState;
}

/** Include and exclude patterns together, evaluated on the way down a tree. */
export class PathFilter {
  readonly #include: PatternList | undefined;
  readonly #exclude: PatternList;

  /** Without include patterns everything is included. */
  constructor(include: readonly string[], exclude: readonly string[]) {
    this.#include = include.length > 0 ? new PatternList(include) : undefined;
    this.#exclude = new PatternList(exclude);
  }

  get initial(): FilterState {
    return { include: this.#include?.initial ?? NONE, exclude: this.#exclude.initial };
  }

  /** @param path a binary string; patterns are about the text that it stands for */
  judge(path: string, isDirectory: boolean, parent: FilterState): Verdict {
    const text = textOf(path);
    const state = { include: parent.include.slice(), exclude: parent.exclude.slice() };
    const included = this.#include?.match(text, parent.include, state.include) ?? true;
    const excluded = this.#exclude.match(text, parent.exclude, state.exclude);
    const prune =
      isDirectory &&
      ((!included && this.#include?.cannotMatchBelow(text) === true) ||
        (excluded && this.#exclude.matchesAllBelow(text)));
    return { sent: included && !excluded, excluded, prune, state };
  }
}

const NONE = new Uint8Array(0);
