import { createHash } from "node:crypto";
import { isTsbxError, type TsbxError, throwIfAborted } from "../../errors.ts";
import { removeBuildRefs } from "./build-refs.ts";
import { formatBuilder, formatCurrent, parseBuilder, parseCurrent } from "./builder-json.ts";
import { withStoreLock } from "./lock.ts";
import { isValidName, normalizeName } from "./names.ts";
import { StoreFiles } from "./store-files.ts";
import type { StoredBuilder } from "./stored-builder.ts";

/** The builders that are in the store, and those that should be. */
export interface StoreListing {
  /** By name. */
  builders: readonly StoredBuilder[];
  /** Of files that cannot be read; each names its file. */
  failures: readonly TsbxError[];
}

export interface CurrentOptions {
  /** For all endpoints. */
  global?: boolean;
  /** Also when the endpoint is chosen anew later on. */
  asDefault?: boolean;
}

/** Absolute paths, URLs, or `-` for what came over stdin; empty for a Dockerfile that is in such a context. */
export interface BuildPlace {
  context: string;
  dockerfile: string;
}

/**
 * The builders on disk, in the format of buildx and under its lock, so that both can work on one directory at
 * the same time. Files are replaced atomically: reading needs no lock.
 */
export class BuilderStore {
  readonly #files: StoreFiles;

  /** @param env of the process, for who is behind `sudo` */
  constructor(dir: string, env: Readonly<Record<string, string | undefined>>) {
    this.#files = new StoreFiles(dir, env);
  }

  get dir(): string {
    return this.#files.dir;
  }

  async list(): Promise<StoreListing> {
    const builders: StoredBuilder[] = [];
    const failures: TsbxError[] = [];
    for (const name of await this.#files.names("instances")) {
      try {
        const builder = await this.get(name);
        if (builder) builders.push(builder);
      } catch (error) {
        if (!isTsbxError(error)) throw error;
        failures.push(error);
      }
    }
    builders.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { builders, failures };
  }

  /**
   * A builder; `undefined` when there is none of that name.
   * @throws TsbxError `STORE_UNREADABLE`
   */
  async get(name: string): Promise<StoredBuilder | undefined> {
    if (!isValidName(name)) return undefined;
    return this.#files.read(instance(name), parseBuilder);
  }

  /**
   * Name of the builder that was taken into use for a Docker endpoint: the last one when that was for all
   * endpoints or for this one, else the endpoint's default. `undefined` when it was removed meanwhile.
   */
  async currentName(endpoint: string): Promise<string | undefined> {
    const current = await this.#files.read("current", parseCurrent);
    if (current && current.name !== "") {
      if (current.global && (await this.get(current.name))) return current.name;
      if (current.key === endpoint) return (await this.get(current.name)) && current.name;
    }
    const name = await this.#files.read(defaultFile(endpoint), (text) => text.trim());
    return name && (await this.get(name)) ? name : undefined;
  }

  /** When the builder was last used, as far as anybody wrote that down. */
  async lastActivity(name: string): Promise<Date | undefined> {
    if (!isValidName(name)) return undefined;
    return this.#files.read(`activity/${name}`, (text) => {
      const date = new Date(text);
      if (Number.isNaN(date.getTime())) throw new Error("it is not a time");
      return date;
    });
  }

  /** Notes that the builder, which need not be a stored one, is used now. */
  async recordActivity(name: string): Promise<void> {
    if (!isValidName(name)) return;
    await this.#files.makeDirectories(".", "activity");
    await this.#files.write(`activity/${name}`, `${new Date().toISOString().slice(0, 19)}Z`);
  }

  /**
   * Keeps what the history of a node cannot know of a build: where its files were.
   * @param ref the build's reference
   */
  async recordBuild(
    builder: string,
    node: string,
    ref: string,
    { context, dockerfile }: BuildPlace,
  ): Promise<void> {
    if (!isValidName(builder) || !isValidName(node)) return;
    const directory = `refs/${normalizeName(builder)}`;
    await this.#files.makeDirectories(".", "refs", directory, `${directory}/${normalizeName(node)}`);
    const state = { Target: "default", LocalPath: context, DockerfilePath: dockerfile };
    await this.#files.write(`${directory}/${normalizeName(node)}/${ref}`, JSON.stringify(state), 0o644);
  }

  /**
   * Runs an action that changes the store, with the lock.
   * @throws TsbxError `STORE_UNWRITABLE`, `STORE_LOCKED`, `ABORTED`
   */
  async update<T>(action: (update: StoreUpdate) => Promise<T>, signal: AbortSignal): Promise<T> {
    throwIfAborted(signal);
    await this.#files.makeDirectories(".", "instances", "defaults", "activity", "refs");
    const owner = await this.#files.owner();
    return withStoreLock(this.#files.path(".lock"), owner, signal, () =>
      action(new StoreUpdate(this, this.#files)),
    );
  }
}

/** What can be changed while the lock is held. */
export class StoreUpdate {
  readonly #store: BuilderStore;
  readonly #files: StoreFiles;

  constructor(store: BuilderStore, files: StoreFiles) {
    this.#store = store;
    this.#files = files;
  }

  get(name: string): Promise<StoredBuilder | undefined> {
    return this.#store.get(name);
  }

  /**
   * Adds a builder, or replaces the one of its name.
   * @throws TsbxError `INVALID_NAME`
   */
  async put(builder: StoredBuilder): Promise<void> {
    normalizeName(builder.name);
    await this.#store.recordActivity(builder.name);
    await this.#files.write(instance(builder.name), formatBuilder(builder));
  }

  /** Removes a builder with all that is kept about its builds. */
  async remove(name: string): Promise<void> {
    const normal = normalizeName(name);
    await this.#files.remove(`activity/${normal}`);
    if (name !== normal) await this.#files.remove(`activity/${name}`);
    await removeBuildRefs(this.#files, normal);
    await this.#files.remove(instance(name));
  }

  /** Removes what is kept about the builds of one node. */
  async forgetNode(builder: string, node: string): Promise<void> {
    await removeBuildRefs(this.#files, normalizeName(builder), normalizeName(node));
  }

  /** Takes a builder into use for an endpoint; with an empty name none of the stored ones. */
  async use(endpoint: string, name: string, { global = false, asDefault = false }: CurrentOptions = {}) {
    await this.#files.write("current", formatCurrent({ key: endpoint, name, global }));
    if (asDefault) await this.#files.write(defaultFile(endpoint), name);
    else await this.#files.remove(defaultFile(endpoint));
  }
}

function instance(name: string): string {
  return `instances/${normalizeName(name)}`;
}

function defaultFile(endpoint: string): string {
  return `defaults/${createHash("sha256").update(endpoint).digest("hex").slice(0, 20)}`;
}
