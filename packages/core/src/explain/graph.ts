import type { TreeFilter } from "../buildkit/fsync/walk.ts";

/** Where files come into a build from. */
export type StepSource =
  /** A directory of this side; the filter says what of it. */
  | { kind: "local"; mount: string; filter: TreeFilter }
  /** An image: its name, and the digest or else all that is known of which one it is. */
  | { kind: "image"; name: string; id: string }
  /** A repository, a URL, a stream. Without `isFixed` one name may stand for one thing today and another tomorrow. */
  | { kind: "other"; name: string; isFixed: boolean };

/** A directory of this side that a step reads, and what of it. */
export interface LocalPaths {
  /** Digest of the source. */
  source: string;
  /** With wildcards, from the directory's top; `/` for all of it. */
  path: string;
  /** Patterns of what below it counts; none for everything. */
  include: readonly string[];
  exclude: readonly string[];
}

/** A step as the frontend made it, without what is another in every build. */
export interface GraphStep {
  /** As in the progress of the build. */
  digest: string;
  name: string;
  /** Digests of the steps that it builds on. */
  inputs: readonly string[];
  /** Whether the cache is not to be asked for it. */
  ignoresCache: boolean;
  /** Fingerprints of what it does, by what that is: `command`, `working directory`, ... */
  parts: Readonly<Record<string, string>>;
  /** Fingerprints of its environment's variables. */
  variables: Readonly<Record<string, string>>;
  /** For what brings files into the build. */
  source?: StepSource;
  takes: readonly LocalPaths[];
}

/** The part of a build that one node does. */
export interface BuildGraph {
  /** Name of the node. */
  node: string;
  steps: readonly GraphStep[];
  /** The directories that it is offered, by mount name. */
  directories: Readonly<Record<string, string>>;
}
