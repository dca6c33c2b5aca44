import type { ProgressEvent } from "../progress/events.ts";
import type { FrontendAnswer } from "./call.ts";
import type { Transfer } from "./transfers.ts";

/** What a build left behind. */
export interface BuildResult {
  /** The build's reference on its nodes, for the history. */
  ref: string;
  /** Name of the node that built it; the first of several. */
  node: string;
  /** Digest of the image's manifest or index, for outputs that have one. */
  digest?: string;
  /** What the exporters reported, by BuildKit's names (`containerimage.digest`, `image.name`, ...). */
  exporterResponse: Readonly<Record<string, string>>;
  /** What the frontend said to the build's `call`. */
  answer?: FrontendAnswer;
  /** What the nodes took of this side's directories. An `archive` context is counted as one file. */
  transfers: readonly Transfer[];
  /** Notices for the user that are not errors, such as a cache that could not be read. */
  notices: readonly string[];
}

/** A build that is under way. */
export interface BuildRun {
  /** The build's reference on its node. */
  readonly ref: string;
  /**
   * Names of the nodes that build, as soon as they are chosen; rejects when the build fails before.
   */
  readonly nodes: Promise<readonly string[]>;
  /**
   * What happens, as it happens; ends with the build. Read it once. Nothing is held back or kept for a
   * reader that never comes.
   */
  readonly progress: AsyncIterable<ProgressEvent>;
  /** What the nodes took of this side's directories so far; also of a build that fails. */
  readonly transfers: readonly Transfer[];
  /** Settles when the build has ended and everything of it is cleaned up. */
  readonly result: Promise<BuildResult>;
}
