import { type SourceInfo, type SourceRange, sourceExcerpt } from "@tsbx/core/progress";
import type { Excerpt } from "./data.ts";

/** The lines around a place in a source file, with those of the place marked. */
export function excerptOf(source: SourceInfo, ranges: readonly SourceRange[]): Excerpt | undefined {
  const text = sourceExcerpt(source, ranges);
  if (text === undefined) return undefined;
  const [place = "", ...rest] = text.split("\n");
  const lines = rest.flatMap((line) => {
    const [, number, mark, content = ""] = /^ *(\d+) \| (>>>| {3}) (.*)$/s.exec(line) ?? [];
    return number === undefined
      ? []
      : [{ number: Number(number), marked: mark === ">>>", text: content.replace(/\r$/, "") }];
  });
  return { place, lines };
}
