/**
 * What Go's templates work on, in JavaScript's terms: plain objects are structs, whose fields are known; Maps
 * with strings as keys are maps; null and undefined are nil, of which null has a type and prints as `<nil>`.
 */
export type Fields = Readonly<Record<string, unknown>>;

/** An empty list that JSON shows as `null`, as Go does with a list to which nothing was ever added. */
export const NIL_LIST: readonly never[] = Object.freeze([]);

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

/** Keys and values in the order in which Go's templates see them. */
export function mapEntries(map: ReadonlyMap<unknown, unknown>): [string, unknown][] {
  const entries = [...map].map(([key, value]): [string, unknown] => [String(key), value]);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Whether `if` takes the value for true: neither nil, false, 0 nor empty. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  return Boolean(value);
}

/** What the value is, as in `a number`. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Map) return "a map";
  return typeof value === "object" ? "a record" : `a ${typeof value}`;
}

/** The value as Go prints it with `%v`. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(textOf).join(" ")}]`;
  if (value instanceof Map) {
    return `map[${mapEntries(value)
      .map(([key, each]) => `${key}:${textOf(each)}`)
      .join(" ")}]`;
  }
  if (isFields(value)) return `{${Object.values(value).map(textOf).join(" ")}}`;
  return String(value);
}

/**
 * The value as Go's JSON encoder writes it: records with their fields in order, or as what their `toJSON` returns,
 * and safe inside of HTML.
 */
export function jsonOf(value: unknown): string {
  if (value === undefined || value === null || value === NIL_LIST) return "null";
  if (Array.isArray(value)) return list(value.map(jsonOf));
  if (value instanceof Map) return members(mapEntries(value));
  if (isFields(value)) {
    if (typeof value.toJSON === "function") return jsonOf(value.toJSON());
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return members(fields).replace(/[<>&]/g, escapeUnicode);
  }
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, escapeUnicode);
}

function members(entries: readonly [string, unknown][]): string {
  const shown = entries.filter(([, value]) => value !== undefined);
  return `{${shown.map(([key, value]) => `${jsonOf(key)}:${jsonOf(value)}`).join(",")}}`;
}

function list(items: readonly string[]): string {
  return `[${items.join(",")}]`;
}

function escapeUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
