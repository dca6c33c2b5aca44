import { type MemoryStream, memoryStreamPair } from "../transport/memory-stream.ts";
import { GoMode } from "./go-mode.ts";
import {
  dataHeaderLength,
  decodePacket,
  encodeEndOfListing,
  encodeError,
  PacketType,
  type StatEntry,
  writeDataHeader,
} from "./packet.ts";
import { type ReceiveOptions, receiveTree } from "./receiver.ts";
import { StatBatch } from "./stat-batch.ts";

export type ScriptedEntry = Partial<StatEntry> & { path: string };

/** 2020-09-13T12:26:40Z, which no file of a test has by itself. */
export const MTIME = 1_600_000_000_000_000_000n;

export const file = (path: string, mode = 0o644): ScriptedEntry => ({ path, mode });
export const dir = (path: string, mode = 0o755): ScriptedEntry => ({ path, mode: GoMode.DIR + mode });
export const symlink = (path: string, linkname: string): ScriptedEntry => ({
  path,
  mode: GoMode.SYMLINK + 0o777,
  linkname,
});
export const hardLink = (path: string, linkname: string): ScriptedEntry => ({ path, mode: 0o644, linkname });

/** A sender for tests of the receiver that says what it is told to, whether that is allowed or not. */
export class ScriptedSender {
  readonly #stream: MemoryStream;
  readonly #requested = new Set<number>();
  readonly #incoming: AsyncIterator<Buffer>;
  #finished = false;
  /** Settles with the receiver. */
  readonly received: Promise<void>;

  constructor(directory: string, options: ReceiveOptions = {}) {
    const { client, server } = memoryStreamPair();
    this.#stream = server;
    this.#incoming = server.messages()[Symbol.asyncIterator]();
    this.received = receiveTree(client, directory, options).finally(() => client.end());
    this.received.catch(() => {});
  }

  stat(...entries: ScriptedEntry[]): this {
    const batch = new StatBatch((bytes) => this.#stream.sendFramed(bytes));
    const defaults = { mode: 0o644, size: 0, mtime: MTIME, linkname: "", devmajor: 0, devminor: 0 };
    for (const entry of entries) batch.add({ ...defaults, ...entry });
    batch.flush();
    return this;
  }

  endOfListing(): this {
    this.#stream.sendFramed(encodeEndOfListing());
    return this;
  }

  /** A chunk of a file; none is the end of it. */
  data(id: number, bytes: string | Buffer = ""): this {
    const data = Buffer.from(bytes as string);
    const header = Buffer.alloc(dataHeaderLength(id, data.length));
    writeDataHeader(header, 0, id, data.length);
    this.#stream.sendFramed(Buffer.concat([header, data]));
    return this;
  }

  error(text: string): this {
    this.#stream.sendFramed(encodeError(text));
    return this;
  }

  /** One message as it is. */
  raw(...bytes: number[]): this {
    this.#stream.send(Buffer.from(bytes));
    return this;
  }

  /** Resolves when the receiver asked for a file; false when it ended without. */
  async requested(id: number): Promise<boolean> {
    while (!this.#requested.has(id) && (await this.#next()));
    return this.#requested.has(id);
  }

  /** Ends the call, after the receiver's FIN when there is one, and gives its verdict. */
  async end(): Promise<void> {
    while (!this.#finished && (await this.#next()));
    this.#stream.end();
    await this.received;
  }

  /** Ends the call without waiting for anything. */
  async hangUp(): Promise<void> {
    this.#stream.end();
    await this.received;
  }

  async #next(): Promise<boolean> {
    const { value, done } = await this.#incoming.next();
    if (done) return false;
    const packet = decodePacket(value);
    if (packet.type === PacketType.REQ) this.#requested.add(packet.id);
    if (packet.type === PacketType.FIN) this.#finished = true;
    return true;
  }
}
