import { invalid, type Place, unsupported } from "./problem.ts";

export interface Token {
  kind: "name" | "string" | "number" | "symbol" | "end";
  /** As it is written; of a string, its value. */
  text: string;
  at: Place;
  /** Whether white space, or a line feed among it, is before the token. */
  spaced: boolean;
  newLine: boolean;
}

const SPACE = /(?:[ \t\r\n]|#[^\n]*)*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const STRING = /"(?:[^"\\\n]|\\.)*"/y;
const RAW_STRING = /`[^`]*`/y;
const SYMBOL = /:=|==|!=|<=|>=|[-+*/%|&=<>()[\]{},;:.]/y;

/**
 * The tokens of a module, an `end` last.
 * @throws TsbxError `INVALID_POLICY`, `POLICY_UNSUPPORTED`
 */
export function tokenize(text: string, file: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  let line = 1;
  let lineStart = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = index;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) index += found.length;
    return found;
  };
  const advanceLines = (from: string, start: number) => {
    for (let at = from.indexOf("\n"); at >= 0; at = from.indexOf("\n", at + 1)) {
      line++;
      lineStart = start + at + 1;
    }
  };
  for (;;) {
    const start = index;
    const space = take(SPACE) ?? "";
    advanceLines(space, start);
    const at = { file, line, column: index - lineStart + 1 };
    const context = { at, spaced: space !== "", newLine: space.includes("\n") };
    if (index === text.length) {
      tokens.push({ kind: "end", text: "the end of the file", ...context });
      return tokens;
    }
    const tokenStart = index;
    const name = take(NAME);
    if (name !== undefined) {
      tokens.push({ kind: "name", text: name, ...context });
      continue;
    }
    const number = take(NUMBER);
    if (number !== undefined) {
      tokens.push({ kind: "number", text: number, ...context });
      continue;
    }
    const string = take(STRING);
    if (string !== undefined) {
      tokens.push({ kind: "string", text: unescaped(string, at), ...context });
      continue;
    }
    const raw = take(RAW_STRING);
    if (raw !== undefined) {
      advanceLines(raw, tokenStart);
      tokens.push({ kind: "string", text: raw.slice(1, -1), ...context });
      continue;
    }
    const symbol = take(SYMBOL);
    if (symbol !== undefined) {
      tokens.push({ kind: "symbol", text: symbol, ...context });
      continue;
    }
    if (text[index] === "$") throw unsupported(at, "a template string");
    throw invalid(at, `unexpected ${JSON.stringify(text[index])}`);
  }
}

function unescaped(literal: string, at: Place): string {
  try {
    return JSON.parse(literal);
  } catch {
    throw invalid(at, `${literal} has an escape that is none`);
  }
}
