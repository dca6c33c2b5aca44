import { sourceExcerpt, type VertexWarning } from "@tsbx/core/progress";

interface WarningsOptions {
  /** Adds to each warning its details, its link and the place in the source. */
  debug: boolean;
  /** Makes a line harmless for where it is shown. */
  clean?: (text: string) => string;
  /** Colours the headline. */
  emphasize?: (text: string) => string;
}

/** Each warning once: two platforms of one Dockerfile give the same one for two vertices. */
export function distinctWarnings(warnings: readonly VertexWarning[]): VertexWarning[] {
  return [...new Map(warnings.map((warning) => [contentKey(warning), warning])).values()];
}

/** The warnings of a build, each once, or nothing when there are none. */
export function warningsBlock(warnings: readonly VertexWarning[], options: WarningsOptions): string {
  const distinct = distinctWarnings(warnings);
  if (distinct.length === 0) return "";
  const { debug, clean = (text) => text, emphasize = (text) => text } = options;
  const count = distinct.length === 1 ? "1 warning found" : `${distinct.length} warnings found`;
  let text = `\n ${emphasize(`${count}${debug ? "" : " (use --debug to expand)"}:`)}\n`;
  for (const warning of distinct) {
    const shown = ` - ${warning.short}\n${debug ? details(warning) : ""}`;
    text += shown.split("\n").map(clean).join("\n");
  }
  return text;
}

function details({ detail, url, source, ranges }: VertexWarning): string {
  let text = detail.map((line) => `${line}\n`).join("");
  if (url) text += `More info: ${url}\n`;
  if (source !== undefined) text += sourceExcerpt(source, ranges) ?? "";
  return `${text}\n`;
}

function contentKey({ level, short, detail, url, source, ranges }: VertexWarning): string {
  return JSON.stringify([level, short, detail, url, source?.filename, ranges]);
}
