import { TemplateError } from "./error.ts";
import { unquote } from "./unquote.ts";

/** One token of a template. `at` is its offset in the source. */
export type Token = { at: number } & (
  | { type: "text"; value: string }
  | { type: "open" | "close" | "space" | "dot" }
  /** A field's name without its dot, a variable's with its dollar sign, a keyword or a function's name. */
  | { type: "field" | "variable" | "word"; value: string }
  | { type: "constant"; value: string | number }
  | { type: "mark"; value: "|" | "(" | ")" | ":=" | "=" | "," }
);

const OPEN = /\{\{(-(?=\s))?/g;
const CLOSE = /(?:\s+-)?\}\}/y;
const COMMENT = /\s*\/\*.*?\*\/(\s+-)?\s*\}\}/sy;
const PATTERNS: readonly [RegExp, (text: string, at: number) => Token][] = [
  [/\s+/y, (_, at) => ({ type: "space", at })],
  [/:=|[|()=,]/y, (value, at) => ({ type: "mark", value: value as "|", at })],
  [/\.[\p{L}_][\p{L}\p{Nd}_]*/uy, (text, at) => ({ type: "field", value: text.slice(1), at })],
  [/\$[\p{L}\p{Nd}_]*/uy, (value, at) => ({ type: "variable", value, at })],
  [/[\p{L}_][\p{L}\p{Nd}_]*/uy, (value, at) => ({ type: "word", value, at })],
  [/[+-]?(?:0[xob][\da-f_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?![\p{L}\p{Nd}_.])/iuy, number],
  [/\./y, (_, at) => ({ type: "dot", at })],
  [/"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\[^\n])+'/y, constantText],
];

/**
 * Splits a Go template into tokens.
 * @throws TemplateError
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  let trimStart = false;
  for (;;) {
    OPEN.lastIndex = position;
    const open = OPEN.exec(source);
    let text = source.slice(position, open?.index);
    if (trimStart) text = text.trimStart();
    if (open?.[1]) text = text.trimEnd();
    if (text !== "") tokens.push({ type: "text", value: text, at: position });
    if (!open) return tokens;
    const inside = open.index + open[0].length;
    const comment = match(COMMENT, source, inside);
    if (comment) {
      position = inside + comment[0].length;
      trimStart = comment[1] !== undefined;
    } else {
      tokens.push({ type: "open", at: open.index });
      position = action(source, inside, tokens);
      trimStart = source.startsWith("-", position - 3) && /\s/.test(source.charAt(position - 4));
    }
  }
}

/** Splits one action up to its closing braces. Returns where it ends. */
function action(source: string, start: number, tokens: Token[]): number {
  for (let position = start; ; ) {
    const close = match(CLOSE, source, position);
    if (close) {
      tokens.push({ type: "close", at: position });
      return position + close[0].length;
    }
    const [text, token] = next(source, position, start);
    tokens.push(token);
    position += text.length;
  }
}

function next(source: string, position: number, start: number): [text: string, token: Token] {
  for (const [pattern, make] of PATTERNS) {
    const found = match(pattern, source, position);
    if (found) return [found[0], make(found[0], position)];
  }
  if (position >= source.length) throw new TemplateError("an action has no }}", start);
  const character = String.fromCodePoint(source.codePointAt(position)!);
  if (/["'`]/.test(character)) throw new TemplateError("a quoted string has no end", position);
  throw new TemplateError(`unexpected ${JSON.stringify(character)}`, position);
}

function match(pattern: RegExp, source: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(source);
}

function number(text: string, at: number): Token {
  const [, sign = "", digits = ""] = /^([+-]?)(.*)$/.exec(text.replaceAll("_", "")) ?? [];
  const value = Number(digits);
  if (!Number.isFinite(value)) throw new TemplateError(`bad number ${text}`, at);
  return { type: "constant", value: sign === "-" ? -value : value, at };
}

function constantText(text: string, at: number): Token {
  if (text.startsWith("`")) return { type: "constant", value: text.slice(1, -1), at };
  const value = unquote(text.slice(1, -1));
  if (value === undefined) throw new TemplateError(`bad escape in ${text}`, at);
  if (text.startsWith('"')) return { type: "constant", value, at };
  const [codePoint, ...others] = [...value].map((character) => character.codePointAt(0)!);
  if (codePoint === undefined || others.length > 0) throw new TemplateError(`bad character ${text}`, at);
  return { type: "constant", value: codePoint, at };
}
