/** @typedef {{ id: number, key: string, version: string, size?: number }} Entry */

/** The entries of one repository's cache. A key and version, once reserved, are never free again. */
export class CacheEntries {
  /** @type {Entry[]} */
  #entries = [];

  /**
   * The newest finished entry: of this very key, else one whose key begins with one of the prefixes.
   * @param {string} key
   * @param {readonly string[]} prefixes
   * @param {string} version
   */
  find(key, prefixes, version) {
    const usable = this.#entries.filter((entry) => entry.size !== undefined && entry.version === version);
    const begins = (/** @type {Entry} */ entry) => prefixes.some((prefix) => entry.key.startsWith(prefix));
    return usable.findLast((entry) => entry.key === key) ?? usable.findLast(begins);
  }

  /**
   * A new entry; undefined when there is one.
   * @param {string} key
   * @param {string} version
   */
  reserve(key, version) {
    if (this.reserved(key, version)) return undefined;
    /** @type {Entry} */
    const entry = { id: this.#entries.length + 1, key, version };
    this.#entries.push(entry);
    return entry;
  }

  /**
   * @param {string} key
   * @param {string} version
   */
  reserved(key, version) {
    return this.#entries.find((entry) => entry.key === key && entry.version === version);
  }

  /** @param {number} id */
  byId(id) {
    return this.#entries.find((entry) => entry.id === id);
  }

  /** The keys of all that are finished. */
  keys() {
    return this.#entries.filter(({ size }) => size !== undefined).map(({ key }) => key);
  }
}
