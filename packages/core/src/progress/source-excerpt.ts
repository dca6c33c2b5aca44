import type { SourceInfo, SourceRange } from "./events.ts";

const RULER = "-".repeat(20);

/**
 * The lines of a source file around `ranges`, those inside marked with `>>>`, under a headline
 * `<file>:<line>`; each line ends in a line feed. A single line gets two lines of context on each side,
 * more lines get one. `undefined` when the ranges lie outside the file.
 */
export function sourceExcerpt(source: SourceInfo, ranges: readonly SourceRange[]): string | undefined {
  const lines = new TextDecoder("utf-8", { ignoreBOM: true }).decode(source.data).split("\n");
  const spans = ranges.map(({ start, end }) => ({ first: start.line, last: Math.max(start.line, end.line) }));
  if (spans.length === 0) return undefined;
  const first = Math.min(...spans.map((span) => span.first));
  const last = Math.min(Math.max(...spans.map((span) => span.last)), lines.length);
  if (first < 1 || first > lines.length) return undefined;

  const shown = withContext(first, last, lines.length);
  let text = `${source.filename}:${first}\n${RULER}\n`;
  for (let number = shown.first; number <= shown.last; number++) {
    const marked = spans.some((span) => span.first <= number && number <= span.last);
    text += ` ${String(number).padStart(3)} | ${marked ? ">>>" : "   "} ${lines[number - 1]}\n`;
  }
  return `${text}${RULER}\n`;
}

// Every line of context counts one, and so does every round: next to a border of the file there may be
// one line more on the other side. That is how BuildKit's own clients choose it.
function withContext(first: number, last: number, lineCount: number): { first: number; last: number } {
  const limit = first === last ? 4 : 2;
  for (let spent = 0; spent < limit; spent++) {
    if (first > 1) {
      first--;
      spent++;
    }
    if (last < lineCount) {
      last++;
      spent++;
    }
  }
  return { first, last };
}
