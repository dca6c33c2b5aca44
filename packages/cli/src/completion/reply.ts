import { shellWords } from "../flags/shell-words.ts";
import type { FlagTable, FlagValues } from "../flags/table.ts";
import type { CliIo } from "../io.ts";
import { complete } from "./complete.ts";
import type { Candidate } from "./kinds.ts";

export const REPLY_FLAGS = {
  quoted: { type: "boolean", doc: "The words are as they were typed, with the shell's quotes" },
} as const satisfies FlagTable;

/**
 * Answers a shell's completion script, in lines: a candidate behind `=` when the word ends with it and behind `+` when
 * not, a tab and what it is; `:files` or `:directories` when the shell is to complete these. Nothing is said of what
 * fails: there is no place for it in the middle of somebody's line.
 */
export async function reply(
  words: readonly string[],
  { quoted }: FlagValues<typeof REPLY_FLAGS>,
  io: CliIo,
): Promise<void> {
  try {
    const { list, native } = await complete(quoted ? words.map(unquoted) : words, io);
    io.stdout.write([...list.map(lineOf), ...(native ? [`:${native}\n`] : [])].join(""));
  } catch {
    // The shell offers nothing then.
  }
}

function lineOf({ value, doc, open }: Candidate): string {
  const about = doc ? `\t${doc.replace(/\s+/g, " ")}` : "";
  return `${open ? "+" : "="}${value}${about}\n`;
}

/** A word without its quotes; one that the cursor is in may have no end. */
function unquoted(word: string): string {
  for (const end of ["", '"', "'", "\\"]) {
    try {
      return shellWords(word + end)[0] ?? "";
    } catch {
      // Then it is another quote that is open.
    }
  }
  return word;
}
