import { TsbxError } from "@tsbx/core/errors";
import { type SourceInfo, type SourceRange, sourceExcerpt } from "@tsbx/core/progress";
import type { TerminalOutput } from "../io.ts";
import { writable } from "../progress/terminal-text.ts";

/** A place in one of the sources; what is missing is 0. */
interface Location {
  sourceIndex?: number;
  ranges?: Array<Record<"start" | "end", { line?: number; character?: number }>> | null;
}

/** `result.json` of `frontend.lint` 1.0. */
interface LintResults {
  warnings?: Array<{ ruleName: string; url?: string; detail: string; location?: Location }> | null;
  sources?: Array<{ filename: string; data: string }> | null;
  /** Why the Dockerfile could not be read to its end. */
  buildError?: { message: string; location?: Location };
}

/** Prints the findings of a check, by file and line. */
export function printLint(results: LintResults, dockerfile: string, output: TerminalOutput): void {
  const write = (text: string) => output.write(writable(text, output));
  const sources = namedSources(results.sources, dockerfile);
  const found = (results.warnings ?? []).map((warning) => ({
    ...warning,
    ...placeOf(warning.location, sources),
  }));
  found.sort((a, b) => compare(a.file, b.file) || a.line - b.line);
  if (found.length > 0 || !results.buildError) write(headline(found.length));
  for (const { ruleName, url, detail, excerpt } of found) {
    write(`\nWARNING: ${ruleName}${url ? ` - ${url}` : ""}\n${detail}\n${excerpt}`);
  }
  if (results.buildError && found.length > 0) write("\n");
}

/**
 * Fails when a check could not read the Dockerfile to its end.
 * @throws TsbxError `CHECK_FAILED`
 */
export function expectChecked({ buildError, sources }: LintResults, dockerfile: string): void {
  if (buildError) throw checkFailed(buildError, namedSources(sources, dockerfile));
}

/** The frontend knows no more of the path than its last part. */
function namedSources(
  sources: LintResults["sources"],
  dockerfile: string,
): NonNullable<LintResults["sources"]> {
  return (sources ?? []).map((source) => ({ ...source, filename: dockerfile }));
}

function headline(count: number): string {
  if (count === 0) return "Check complete, no warnings found.\n";
  const found = count === 1 ? "1 warning has" : `${count} warnings have`;
  return `Check complete, ${found} been found!\n`;
}

function placeOf(location: Location | undefined, sources: NonNullable<LintResults["sources"]>) {
  const source = sourceOf(location, sources);
  const ranges = rangesOf(location);
  const excerpt = source ? (sourceExcerpt(source, ranges) ?? "") : "";
  return { file: source?.filename ?? "", line: ranges[0]?.start.line ?? 0, excerpt };
}

function checkFailed(
  { message, location }: NonNullable<LintResults["buildError"]>,
  sources: NonNullable<LintResults["sources"]>,
): TsbxError {
  const info = sourceOf(location, sources);
  const places = info ? [{ info, ranges: rangesOf(location) }] : [];
  return Object.assign(new TsbxError("CHECK_FAILED", message), { sources: places });
}

function sourceOf(
  { sourceIndex = 0 }: Location = {},
  sources: NonNullable<LintResults["sources"]>,
): SourceInfo | undefined {
  const source = sources[sourceIndex];
  return source && { filename: source.filename, data: Buffer.from(source.data, "base64") };
}

function rangesOf({ ranges }: Location = {}): SourceRange[] {
  const position = ({ line = 0, character = 0 }: { line?: number; character?: number } = {}) => ({
    line,
    character,
  });
  return (ranges ?? []).map(({ start, end }) => ({ start: position(start), end: position(end) }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
