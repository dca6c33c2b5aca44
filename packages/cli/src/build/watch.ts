import { join } from "node:path";
import type { BuildOptions, BuildRun } from "@tsbx/core";
import type { BuildGraph, CacheMiss } from "@tsbx/core/explain";
import type { ProgressEvent } from "@tsbx/core/progress";
import type { BuilderNodes } from "../builders/open-nodes.ts";
import { stateDir } from "../builders/state-dir.ts";
import type { CommandContext } from "../commands/command.ts";
import type { CacheExplainer } from "../explain/explainer.ts";
import { logText } from "../github/log-text.ts";
import type { BuildReport } from "../report/report.ts";
import type { BuildFlags } from "./arguments.ts";
import { buildPlace } from "./build-place.ts";
import type { BuildObserver } from "./execute.ts";
import { dockerfileName } from "./local-paths.ts";
import type { FinishedBuild } from "./result-places.ts";

interface WatchedBuild {
  flags: BuildFlags;
  /** The context argument. */
  path: string;
  request: BuildOptions;
  nodes: BuilderNodes;
  /** Whether there may be more on stderr than progress. */
  speaks: boolean;
}

/** What looks on at a build and has something to say of it at its end: `--report` and `--explain-cache`. */
export async function watchBuild(build: WatchedBuild, context: CommandContext): Promise<BuildWatch> {
  const { flags, path, request, nodes } = build;
  const { cwd, env } = context.io;
  const { warn, signal } = context;
  let report: BuildReport | undefined;
  if (flags.report) {
    const { BuildReport } = await import("../report/report.ts");
    const dockerfile = dockerfileName(path, flags.file);
    report = new BuildReport({ file: flags.report, path, dockerfile, request, nodes, cwd, warn });
  }
  let explainer: CacheExplainer | undefined;
  if (flags["explain-cache"] && !request.call) {
    const { CacheExplainer } = await import("../explain/explainer.ts");
    const { SnapshotFiles } = await import("../explain/snapshot-files.ts");
    const { context: directory, dockerfile } = await buildPlace(path, flags.file, cwd);
    const platforms = request.platforms?.join(",") ?? "";
    // One name may stand for another daemon tomorrow.
    const daemon = [nodes[0].builder, ...nodes.map(({ config }) => config.endpoint ?? "")];
    const docker = env.DOCKER_HOST ?? env.DOCKER_CONTEXT ?? "";
    const key = [...daemon, docker, directory, dockerfile, request.target ?? "", platforms];
    const files = new SnapshotFiles(join(stateDir(env), "cache-snapshots"));
    explainer = new CacheExplainer({ request, key, files, signal, warn });
  }
  return new BuildWatch({ report, explainer }, build.speaks, context);
}

export class BuildWatch implements BuildObserver {
  readonly #report: BuildReport | undefined;
  readonly #explainer: CacheExplainer | undefined;
  readonly #speaks: boolean;
  readonly #context: CommandContext;

  constructor(
    { report, explainer }: { report: BuildReport | undefined; explainer: CacheExplainer | undefined },
    speaks: boolean,
    context: CommandContext,
  ) {
    this.#report = report;
    this.#explainer = explainer;
    this.#speaks = speaks;
    this.#context = context;
  }

  /** What the build is to be asked for more than otherwise. */
  get wishes(): { onGraph?: (graph: BuildGraph) => void } {
    return this.#explainer ? { onGraph: this.#explainer.graph } : {};
  }

  started(run: BuildRun): void {
    this.#report?.started(run);
  }

  event(event: ProgressEvent): void {
    this.#report?.event(event);
    this.#explainer?.event(event);
  }

  async failed(error: unknown): Promise<void> {
    const { signal } = this.#context;
    const misses = signal.aborted ? undefined : await this.#explain(true);
    await this.#report?.failed(error, signal, misses);
  }

  async finished(build: FinishedBuild): Promise<void> {
    const misses = await this.#explain(false);
    await this.#report?.finished(build, misses);
  }

  /** Prints why steps were not cached. */
  async #explain(hasFailed: boolean): Promise<readonly CacheMiss[] | undefined> {
    if (!this.#explainer) return undefined;
    const { io, warn } = this.#context;
    try {
      const misses = await this.#explainer.misses(hasFailed);
      const { missesText } = await import("../explain/text.ts");
      // A build that failed before there were steps has nothing that could be told.
      const hasText = this.#speaks && (misses !== undefined || !hasFailed);
      if (hasText) io.stderr.write(logText(missesText(misses), io.env));
      return misses;
    } catch (error) {
      warn(`cannot tell why steps were not cached: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  }
}
