import { stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, resolve } from "node:path";
import type { BuildOptions, BuildRun } from "@tsbx/core";
import { isTsbxError, TsbxError } from "@tsbx/core/errors";
import type { CacheMiss } from "@tsbx/core/explain";
import type { ProgressEvent, SourceInfo, SourceRange } from "@tsbx/core/progress";
import { contextAdvice } from "../build/context-advice.ts";
import type { BuildObserver } from "../build/execute.ts";
import { type FinishedBuild, resultPlaces } from "../build/result-places.ts";
import type { BuilderNodes } from "../builders/open-nodes.ts";
import { reasonsText } from "../explain/text.ts";
import { writeFileAtomic } from "../files/atomic.ts";
import { ReportCollector } from "./collect.ts";
import type { ReportData, ReportFailure } from "./data.ts";
import { excerptOf } from "./excerpt.ts";
import { reportPage } from "./page.ts";

interface ReportEnd extends Pick<ReportData, "status" | "places" | "digest" | "failure"> {
  /** Why steps were not cached, where that was asked. */
  misses: readonly CacheMiss[] | undefined;
}

/** A build that a report is to be written of. */
interface ReportedBuild {
  /** Where the report goes. */
  file: string;
  /** The context argument. */
  path: string;
  /** The Dockerfile as it was named. */
  dockerfile: string;
  request: BuildOptions;
  nodes: BuilderNodes;
  cwd: string;
  warn: (text: string) => void;
}

/**
 * Finds out before the build whether its report can be written.
 * @throws TsbxError `INVALID_FLAG`
 */
export async function checkReportFile(file: string, cwd: string): Promise<void> {
  const path = resolve(cwd, file);
  const kind = async (path: string) => stat(path).catch(() => undefined);
  const problem = (await kind(path))?.isDirectory()
    ? "it is a directory"
    : (await kind(dirname(path)))?.isDirectory()
      ? undefined
      : `there is no directory ${dirname(path)}`;
  if (problem) throw new TsbxError("INVALID_FLAG", `cannot write the report ${file}: ${problem}`);
}

/** Follows a build, and writes a page about it at its end, whatever that is. */
export class BuildReport implements BuildObserver {
  readonly #build: ReportedBuild;
  readonly #collector = new ReportCollector();
  readonly #began = new Date();
  #run: BuildRun | undefined;

  constructor(build: ReportedBuild) {
    this.#build = build;
  }

  started(run: BuildRun): void {
    this.#run = run;
  }

  event(event: ProgressEvent): void {
    this.#collector.add(event);
  }

  async finished(build: FinishedBuild, misses?: readonly CacheMiss[]): Promise<void> {
    const { result } = build;
    const places = result.answer ? [] : await resultPlaces(build, this.#build.cwd);
    await this.#write({ status: "built", places, digest: result.digest, misses });
  }

  async failed(error: unknown, signal: AbortSignal, misses?: readonly CacheMiss[]): Promise<void> {
    const status = signal.aborted ? "cancelled" : "failed";
    await this.#write({ status, places: [], failure: failureOf(error), misses });
  }

  async #write({ misses = [], ...end }: ReportEnd): Promise<void> {
    const missed = new Map(misses.map(({ digest, reasons }) => [digest, reasonsText(reasons)]));
    const { file, path, request, cwd, warn } = this.#build;
    const duration = Date.now() - this.#began.getTime();
    try {
      const transfers = this.#run?.transfers ?? [];
      const page = reportPage({
        title:
          request.tags?.[0] ?? (path.includes("://") || path === "-" ? path : basename(resolve(cwd, path))),
        began: this.#began,
        duration,
        facts: this.#facts(),
        steps: this.#collector.steps.map((step) => ({ ...step, missed: missed.get(step.digest) })),
        transfers,
        advice: await contextAdvice(transfers, request, path, cwd),
        warnings: this.#collector.warnings,
        version: version(),
        ...end,
      });
      await writeFileAtomic(resolve(cwd, file), page);
    } catch (error) {
      // How the build ended is worth more than the page about it.
      warn(`cannot write the report ${file}: ${error instanceof Error ? error.message : error}`);
    }
  }

  #facts(): [label: string, value: string][] {
    const { path, dockerfile, request, nodes } = this.#build;
    const [first] = nodes;
    const facts: [string, string | undefined][] = [
      ["Context", path === "-" ? "stdin" : path],
      ["Dockerfile", dockerfile],
      ["Target", request.target],
      ["Platforms", request.platforms?.join(", ")],
      ["Tags", request.tags?.join(", ")],
      ["Builder", first.builder],
      ["Driver", first.driver.name],
      ["Reference", this.#run?.ref],
    ];
    return facts.filter((fact): fact is [string, string] => Boolean(fact[1]));
  }
}

function failureOf(error: unknown): ReportFailure {
  const { sources } = Object(error) as { sources?: readonly { info: SourceInfo; ranges: SourceRange[] }[] };
  return {
    message: error instanceof Error ? error.message : String(error),
    hint: isTsbxError(error) ? error.hint : undefined,
    excerpts: (sources ?? []).flatMap(({ info, ranges }) => excerptOf(info, ranges) ?? []),
  };
}

function version(): string {
  const { version }: { version: string } = createRequire(import.meta.url)("@tsbx/cli/package.json");
  return version;
}
