const ESCAPED = /[<>&\u2028\u2029]/g;

/** JSON as Go's `encoding/json` writes it: what `JSON.stringify` does, and escapes for HTML. */
export function goJson(value: unknown): string {
  return JSON.stringify(value).replace(
    ESCAPED,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The entries of a map in the order in which Go writes them: by the bytes of the keys. */
export function goMap<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  const keys = Object.keys(map).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return Object.fromEntries(keys.map((key) => [key, map[key]!]));
}
