import { EvaluationError } from "../evaluation/values.ts";
import { translate } from "./translate.ts";

/**
 * Whether a glob matches a text.
 * @throws EvaluationError for globs that are unusual
 */
export function matchesGlob(pattern: string, delimiters: readonly string[], text: string): boolean {
  if (globOf(pattern, delimiters).test(text)) return true;
  // Then the reference takes what is before the first star and what is after the last for matched, even if they overlap.
  const [before = "", ...others] = pattern.split(/\*+/);
  const after = others.at(-1) ?? "";
  const overlaps = text.length < before.length + after.length;
  if (others.length > 0 && overlaps && text.startsWith(before) && text.endsWith(after)) {
    throw new EvaluationError(
      `the glob ${JSON.stringify(pattern)} is not supported for ${JSON.stringify(text)}`,
    );
  }
  return false;
}

/**
 * A glob as a regular expression: `*` and `?` stop at the delimiters, `**` does not; `[a-z]`, `[!a-z]`, `{a,b}`.
 * @throws EvaluationError for globs that are unusual
 */
function globOf(pattern: string, delimiters: readonly string[]): RegExp {
  const one = delimiters.length > 0 ? `[^${delimiters.map(inClass).join("")}]` : "[\\s\\S]";
  const literals = (text: string) => text.replace(/\\(.)|./gsu, (each, escaped) => quoted(escaped ?? each));
  const output = translate(pattern, [
    [/^\*\*(?!\*)/, () => "[\\s\\S]*"],
    [/^\*(?!\*)/, () => `${one}*`],
    [/^\?/, () => one],
    [/^\[(!?)([A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9_]+)\]/, ([, not, members]) => `[${not && "^"}${members}]`],
    // Alternatives without anything special inside.
    [
      /^\{((?:[^*?[\]{}\\,]|\\.)+(?:,(?:[^*?[\]{}\\,]|\\.)+)*)\}/su,
      ([, alternatives]) => `(?:${splitAlternatives(alternatives!).map(literals).join("|")})`,
    ],
    [/^(?:[^*?[\]{}\\]|\\.)/su, ([text]) => literals(text)],
  ]);
  if (output === undefined) {
    throw new EvaluationError(`the glob ${JSON.stringify(pattern)} is not supported`);
  }
  return new RegExp(`^(?:${output})$`, "u");
}

function splitAlternatives(text: string): string[] {
  return text.match(/(?:[^\\,]|\\.)+/gsu) ?? [];
}

function quoted(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

function inClass(character: string): string {
  return /[\\\]^-]/.test(character) ? `\\${character}` : character;
}
