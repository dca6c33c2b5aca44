/**
 * Reads a list such as `a=1,b=2`, which may stand in double quotes.
 * @returns undefined when a part of it is not `key=value`, or a key comes twice
 */
export function parseKeyValues(text: string): Readonly<Record<string, string>> | undefined {
  const values = new Map<string, string>();
  for (const part of unquote(text).split(",")) {
    const at = part.indexOf("=");
    const key = part.slice(0, at).trim();
    if (at < 0 || key === "" || values.has(key)) return undefined;
    values.set(key, part.slice(at + 1).trim());
  }
  return Object.fromEntries(values);
}

/** What is between the double quotes around `text`, if there are any. */
export function unquote(text: string): string {
  return /^"(.*)"$/s.exec(text)?.[1] ?? text;
}
