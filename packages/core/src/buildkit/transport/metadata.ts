/**
 * gRPC metadata. Values of a repeated key stay apart: BuildKit sends lists of patterns this way, and a
 * pattern may hold a comma, so joining them (as Node's `headers` object does) would corrupt them.
 */
export class Metadata {
  readonly #values = new Map<string, string[]>();

  static of(entries: Iterable<readonly [string, string]>): Metadata {
    const metadata = new Metadata();
    for (const [key, value] of entries) metadata.add(key, value);
    return metadata;
  }

  add(key: string, value: string): void {
    const name = key.toLowerCase();
    const values = this.#values.get(name);
    if (values) values.push(value);
    else this.#values.set(name, [value]);
  }

  /** The first value of a key. */
  get(key: string): string | undefined {
    return this.#values.get(key.toLowerCase())?.[0];
  }

  getAll(key: string): readonly string[] {
    return this.#values.get(key.toLowerCase()) ?? [];
  }

  entries(): IterableIterator<[string, string[]]> {
    return this.#values.entries();
  }
}
