import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { WriteAction, type WriteContentRequest } from "../../../gen/content.ts";
import { Code, GrpcError } from "../../transport/status.ts";
import type { ContentStore } from "./store.ts";

/** What the daemon is told of an ingest after each of its messages. */
export interface IngestStatus {
  offset: number;
  digest: string;
  total: number;
  started: Date;
}

/** Content on its way into a store: appended in order, checked, and published under its digest. */
export class Ingest {
  readonly ref: string;
  readonly #store: ContentStore;
  readonly #file: FileHandle;
  readonly #started: Date;
  #hash: Hash;
  #size: number;
  #total = 0;

  private constructor(
    store: ContentStore,
    ref: string,
    file: FileHandle,
    size: number,
    started: Date,
    hash: Hash,
  ) {
    this.#store = store;
    this.ref = ref;
    this.#file = file;
    this.#size = size;
    this.#started = started;
    this.#hash = hash;
  }

  /** Opens a new ingest, or one that an earlier build left unfinished. */
  static async open(store: ContentStore, ref: string): Promise<Ingest> {
    const { path, size, started } = await store.openIngest(ref);
    const hash = createHash("sha256");
    if (size > 0)
      for await (const chunk of createReadStream(join(path, "data"))) hash.update(chunk as Buffer);
    return new Ingest(store, ref, await open(join(path, "data"), "r+"), size, started, hash);
  }

  /** @returns what to answer; after a commit the ingest is gone. */
  async apply(request: WriteContentRequest): Promise<IngestStatus> {
    if (request.total > 0n) this.#total = Number(request.total);
    if (request.data.length > 0) await this.#write(Number(request.offset), request.data);
    if (request.action !== WriteAction.COMMIT) return this.#status(digestOf(this.#hash.copy()));
    const digest = digestOf(this.#hash);
    this.#check(request, digest);
    await this.#file.close();
    await this.#store.publish(this.ref, digest);
    return this.#status(digest);
  }

  async close(): Promise<void> {
    // After a commit it is closed already.
    await this.#file.close().catch(() => {});
  }

  async #write(offset: number, data: Uint8Array): Promise<void> {
    if (offset === 0 && this.#size > 0) {
      await this.#file.truncate(0);
      this.#size = 0;
      this.#hash = createHash("sha256");
    }
    if (offset !== this.#size) {
      throw new GrpcError(Code.OUT_OF_RANGE, `write at ${offset} of content that has ${this.#size} bytes`);
    }
    this.#hash.update(data);
    for (let at = 0; at < data.length; ) {
      const { bytesWritten } = await this.#file.write(data, at, data.length - at, this.#size);
      at += bytesWritten;
      this.#size += bytesWritten;
    }
  }

  #check(request: WriteContentRequest, digest: string): void {
    if (request.total > 0n && Number(request.total) !== this.#size) {
      throw new GrpcError(
        Code.FAILED_PRECONDITION,
        `content has ${this.#size} bytes, expected ${request.total}`,
      );
    }
    if (request.expected !== "" && request.expected !== digest) {
      throw new GrpcError(
        Code.FAILED_PRECONDITION,
        `content has digest ${digest}, expected ${request.expected}`,
      );
    }
  }

  #status(digest: string): IngestStatus {
    return { offset: this.#size, digest, total: this.#total, started: this.#started };
  }
}

function digestOf(hash: Hash): string {
  return `sha256:${hash.digest("hex")}`;
}
