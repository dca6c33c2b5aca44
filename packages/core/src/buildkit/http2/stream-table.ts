import { ProtocolError } from "./frame.ts";
import type { Http2Stream } from "./stream.ts";

/** The streams of a connection by their ids, of which each is used once. The client's are odd (RFC 9113, 5.1.1). */
export class StreamTable {
  readonly #open = new Map<number, Http2Stream>();
  #lastId = -1;

  get size(): number {
    return this.#open.size;
  }

  /** The highest id that there was, or 0. */
  get lastId(): number {
    return Math.max(this.#lastId, 0);
  }

  /** Whether a client may open a stream with this id. */
  isNew(id: number): boolean {
    return id % 2 === 1 && id > this.#lastId;
  }

  /** The id of this side's next stream. */
  nextId(): number {
    return this.#lastId + 2;
  }

  /** Uses up an id, for a stream or for none. */
  use(id: number, stream?: Http2Stream): void {
    this.#lastId = id;
    if (stream) this.#open.set(id, stream);
  }

  /**
   * The stream that a frame is for; undefined for one that is gone.
   * @param what the frame is, for the message
   * @throws ProtocolError for one that never was
   */
  find(id: number, what: string): Http2Stream | undefined {
    const stream = this.#open.get(id);
    if (!stream && (id % 2 === 0 || id > this.#lastId)) {
      throw new ProtocolError(`${what} for a stream that never was`);
    }
    return stream;
  }

  /** @returns whether it was there */
  delete(stream: Http2Stream): boolean {
    return this.#open.delete(stream.id);
  }

  all(): Http2Stream[] {
    return [...this.#open.values()];
  }
}
