/** Parts of a pattern: how one begins, and what it becomes. */
export type Translation = ReadonlyArray<readonly [RegExp, (match: RegExpExecArray) => string]>;

/**
 * Translates a pattern part by part, with the first that fits.
 * @returns undefined when none fits somewhere
 */
export function translate(pattern: string, parts: Translation): string | undefined {
  let output = "";
  let rest = pattern;
  while (rest !== "") {
    const found = parts
      .map(([expression, become]) => ({ match: expression.exec(rest), become }))
      .find(({ match }) => match);
    if (!found?.match) return undefined;
    output += found.become(found.match);
    rest = rest.slice(found.match[0].length);
  }
  return output;
}
