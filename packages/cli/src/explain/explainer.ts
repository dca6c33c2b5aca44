import type { BuildOptions } from "@tsbx/core";
import type { BuildGraph, CacheMiss } from "@tsbx/core/explain";
import type { ProgressEvent } from "@tsbx/core/progress";
import type { BuildObserver } from "../build/execute.ts";
import type { SnapshotFiles } from "./snapshot-files.ts";

/** A build whose cache misses are to be explained. */
interface ExplainedBuild {
  request: BuildOptions;
  /** What tells it from other builds: those of the same key are compared. */
  key: readonly string[];
  files: SnapshotFiles;
  signal: AbortSignal;
  warn: (text: string) => void;
}

/** Follows a build, and compares it at its end with the one before. */
export class CacheExplainer implements BuildObserver {
  readonly #build: ExplainedBuild;
  readonly #graphs: BuildGraph[] = [];
  readonly #began = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #cached = new Set<string>();
  #arrived = new Date();

  constructor(build: ExplainedBuild) {
    this.#build = build;
  }

  /** To be the build's `onGraph`. */
  readonly graph = (graph: BuildGraph): void => {
    // What is read of the contexts is read from now on.
    if (this.#graphs.length === 0) this.#arrived = new Date();
    this.#graphs.push(graph);
  };

  event({ vertexes }: ProgressEvent): void {
    for (const { digest, started, completed, cached, error } of vertexes) {
      if (started !== undefined) this.#began.add(digest);
      if (completed !== undefined && !error) this.#ended.add(digest);
      if (cached) this.#cached.add(digest);
    }
  }

  /**
   * What was not in the cache, and why; undefined when the daemon does not tell what it builds. The next build is
   * compared with this one.
   */
  async misses(hasFailed: boolean): Promise<CacheMiss[] | undefined> {
    if (this.#graphs.length === 0) return undefined;
    const { request, key, files, signal, warn } = this.#build;
    const { explainMisses, takeSnapshot } = await import("@tsbx/core/explain");
    const before = await files.read(key);
    const now = await takeSnapshot(this.#graphs, {
      before,
      ...(hasFailed && { done: new Set([...this.#ended, ...this.#cached]) }),
      buildArgs: Object.keys(request.buildArgs ?? {}),
      began: this.#arrived,
      signal,
    });
    const ran = new Set([...this.#began].filter((digest) => !this.#cached.has(digest)));
    await files.write(key, now).catch((error: Error) => {
      warn(`cannot remember this build, to compare the next one with it: ${error.message}`);
    });
    return explainMisses({ graphs: this.#graphs, now, before, ran });
  }
}
