/** Reads values out of parsed JSON; whatever is not as it should be is an error that says where. */
export type Reader<T> = (value: unknown, where: string) => T;

export const text: Reader<string> = (value, where) => {
  if (typeof value === "string") return value;
  throw new Error(`${where} is not a string`);
};

export const flag: Reader<boolean> = (value, where) => {
  if (typeof value === "boolean") return value;
  throw new Error(`${where} is not true or false`);
};

export const base64: Reader<Uint8Array> = (value, where) => {
  const encoded = text(value, where);
  const bytes = Buffer.from(encoded, "base64");
  if (bytes.toString("base64") === encoded) return bytes;
  throw new Error(`${where} is not base64`);
};

/** What is absent or `null` is `undefined`. */
export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, where) => (value === undefined || value === null ? undefined : read(value, where));
}

export function list<T>(read: Reader<T>): Reader<T[]> {
  return (value, where) => {
    if (!Array.isArray(value)) throw new Error(`${where} is not a list`);
    return value.map((each, index) => read(each, `${where}[${index}]`));
  };
}

export function map<T>(read: Reader<T>): Reader<Record<string, T>> {
  return (value, where) =>
    Object.fromEntries(
      Object.entries(object(value, where)).map(([key, each]) => [key, read(each, `${where} ${key}`)]),
    );
}

/** An object of these members and no others: one that nobody here knows would be lost with the next write. */
export function members<T extends Record<string, Reader<unknown>>>(
  readers: T,
): Reader<{ [K in keyof T]: ReturnType<T[K]> }> {
  return (value, where) => {
    const found = object(value, where);
    const stranger = Object.keys(found).find((key) => !Object.hasOwn(readers, key));
    if (stranger !== undefined) {
      throw new Error(`${where} has a member ${stranger}, which this version does not know`);
    }
    const read = Object.entries(readers).map(([key, reader]) => [key, reader(found[key], `${where}.${key}`)]);
    return Object.fromEntries(read) as { [K in keyof T]: ReturnType<T[K]> };
  };
}

function object(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new Error(`${where} is not an object`);
}
