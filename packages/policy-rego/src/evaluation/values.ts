/** A value of Rego. Numbers are whole, and of 53 bits. */
export type Value = null | boolean | number | string | readonly Value[] | RegoObject | RegoSet;

/** What is said of an input's field before the daemon has resolved it. To look at it is to ask for it. */
export class Unresolved {
  readonly field: string;

  constructor(field: string) {
    this.field = field;
  }
}

/** Thrown when a decision depends on a field that is not resolved. */
export class FieldNeeded extends Error {
  readonly field: string;

  constructor(field: string) {
    super(`${field} is not resolved`);
    this.field = field;
  }
}

/** Something that ends an evaluation: what is being decided is denied. */
export class EvaluationError extends Error {}

export class RegoObject {
  readonly #entries = new Map<string, readonly [Value, Value | Unresolved]>();

  static of(entries: Iterable<readonly [Value, Value | Unresolved]>): RegoObject {
    const object = new RegoObject();
    for (const [key, value] of entries) object.#entries.set(keyOf(key), [key, value]);
    return object;
  }

  get size(): number {
    return this.#entries.size;
  }

  has(key: Value): boolean {
    return this.#entries.has(keyOf(key));
  }

  get(key: Value): Value | undefined {
    const entry = this.#entries.get(keyOf(key));
    return entry && known(entry[1]);
  }

  /** In the order of their keys. */
  entries(): Array<readonly [Value, Value]> {
    const entries = [...this.#entries.values()].map(([key, value]) => [key, known(value)] as const);
    return entries.sort(([a], [b]) => compare(a, b));
  }
}

export class RegoSet {
  readonly #members = new Map<string, Value>();

  static of(members: Iterable<Value>): RegoSet {
    const set = new RegoSet();
    for (const member of members) set.#members.set(keyOf(member), member);
    return set;
  }

  get size(): number {
    return this.#members.size;
  }

  has(member: Value): boolean {
    return this.#members.has(keyOf(member));
  }

  /** In their order. */
  members(): Value[] {
    return [...this.#members.values()].sort(compare);
  }
}

function known(value: Value | Unresolved): Value {
  if (value instanceof Unresolved) throw new FieldNeeded(value.field);
  return value;
}

export function isArray(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

export function isCollection(value: Value): boolean {
  return isArray(value) || value instanceof RegoObject || value instanceof RegoSet;
}

/** The same text for equal values, and for no others. */
function keyOf(value: Value): string {
  if (isArray(value)) return `[${value.map(keyOf).join()}]`;
  if (value instanceof RegoSet) return `<${value.members().map(keyOf).join()}>`;
  if (value instanceof RegoObject) {
    return `{${value
      .entries()
      .map(([key, each]) => `${keyOf(key)}:${keyOf(each)}`)
      .join()}}`;
  }
  return JSON.stringify(value);
}

/** The order of all values: by type first. Negative when `a` comes before `b`. */
export function compare(a: Value, b: Value): number {
  const difference = rank(a) - rank(b);
  if (difference !== 0) return difference;
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (isArray(a) && isArray(b)) return compareLists(a, b);
  if (a instanceof RegoSet && b instanceof RegoSet) return compareLists(a.members(), b.members());
  if (a instanceof RegoObject && b instanceof RegoObject) return compareObjects(a, b);
  return Number(a) - Number(b);
}

function rank(value: Value): number {
  if (value === null) return 0;
  if (isArray(value)) return 4;
  if (value instanceof RegoObject) return 5;
  if (value instanceof RegoSet) return 6;
  return ["boolean", "number", "string"].indexOf(typeof value) + 1;
}

/** By the bytes of UTF-8, which is the order of code points. */
function compareText(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  for (const [index, value] of a.entries()) {
    if (index >= b.length) break;
    const difference = compare(value, b[index]!);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareObjects(a: RegoObject, b: RegoObject): number {
  const [left, right] = [a.entries(), b.entries()];
  for (const [index, [key, value]] of left.entries()) {
    const other = right[index];
    if (!other) break;
    const difference = compare(key, other[0]) || compare(value, other[1]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** The elements with their keys: of an array its indices, of a set the elements themselves. */
export function elements(value: Value): Array<readonly [Value, Value]> {
  if (isArray(value)) return value.map((each, index) => [index, each] as const);
  if (value instanceof RegoObject) return value.entries();
  if (value instanceof RegoSet) return value.members().map((each) => [each, each] as const);
  return [];
}

/** What is at a key, if anything is. */
export function element(value: Value, key: Value): Value | undefined {
  if (isArray(value)) return typeof key === "number" ? value[key] : undefined;
  if (value instanceof RegoObject) return value.get(key);
  if (value instanceof RegoSet) return value.has(key) ? key : undefined;
  return undefined;
}

/**
 * JSON's values as Rego's.
 * @throws EvaluationError for numbers that are not whole or have more than 53 bits
 */
export function fromJson(json: unknown): Value {
  if (json === null || typeof json === "boolean" || typeof json === "string") return json;
  if (typeof json === "number") {
    if (!Number.isSafeInteger(json)) throw new EvaluationError(`the number ${json} is not supported`);
    return json === 0 ? 0 : json;
  }
  if (Array.isArray(json)) return json.map(fromJson);
  return RegoObject.of(Object.entries(json as object).map(([key, value]) => [key, fromJson(value)] as const));
}

/** As JSON: sets are lists. Keys of objects that are no strings are the JSON of them. */
export function toJson(value: Value): string {
  if (value instanceof RegoSet) return `[${value.members().map(toJson).join()}]`;
  if (isArray(value)) return `[${value.map(toJson).join()}]`;
  if (value instanceof RegoObject) {
    const entries = value.entries().map(([key, each]) => {
      const name = typeof key === "string" ? key : toJson(key);
      return `${JSON.stringify(name)}:${toJson(each)}`;
    });
    return `{${entries.join()}}`;
  }
  return JSON.stringify(value);
}

/** As a module would write it. */
export function toText(value: Value): string {
  if (value instanceof RegoSet)
    return value.size === 0 ? "set()" : `{${value.members().map(toText).join(", ")}}`;
  if (isArray(value)) return `[${value.map(toText).join(", ")}]`;
  if (value instanceof RegoObject) {
    return `{${value
      .entries()
      .map(([key, each]) => `${toText(key)}: ${toText(each)}`)
      .join(", ")}}`;
  }
  return JSON.stringify(value);
}

/**
 * An object, of whose keys none has two values.
 * @throws EvaluationError where one has
 */
export function unambiguous(entries: ReadonlyArray<readonly [Value, Value]>, path = "an object"): RegoObject {
  const object = RegoObject.of(entries);
  if (entries.some(([key, value]) => compare(object.get(key)!, value) !== 0)) {
    throw new EvaluationError(`a key of ${path} has several values`);
  }
  return object;
}
