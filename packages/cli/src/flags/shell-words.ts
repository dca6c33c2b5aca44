import { TsbxError } from "@tsbx/core/errors";

const WORD = /\s+|((?:[^\s'"\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*")+)/gy;
const PART = /\\([\s\S])|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|([^'"\\]+)/g;

/**
 * Splits a command line into words as a POSIX shell does, with its quotes and backslashes and without its
 * expansions.
 * @throws TsbxError `INVALID_FLAG` for a quote that does not end
 */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  let end = 0;
  for (const match of text.matchAll(WORD)) {
    end = match.index + match[0].length;
    if (match[1] !== undefined) words.push(unquoted(match[1]));
  }
  if (end === text.length) return words;
  throw new TsbxError("INVALID_FLAG", `unterminated quote or backslash in: ${text}`);
}

function unquoted(word: string): string {
  return word.replace(PART, (_, escaped?: string, single?: string, double?: string, plain?: string) => {
    if (double !== undefined) return double.replace(/\\([$`"\\\n])/g, "$1");
    return escaped ?? single ?? plain ?? "";
  });
}
