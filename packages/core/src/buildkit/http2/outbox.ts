import type { Duplex } from "node:stream";
import { DEFAULT_FRAME, DEFAULT_WINDOW, MAX_WINDOW } from "./frame.ts";
import type { Http2Stream } from "./stream.ts";

const MIB = 1024 * 1024;
/** How much data is handed to the connection at a time, and how much of one stream before another has its turn. */
const IN_FLIGHT = MIB;
const TURN = MIB / 4;

/** What goes out on a connection: frames as they come, and the data of its streams in turns. */
export class Outbox {
  /** The longest frame that the other side takes, and how much data at all. */
  maxFrame = DEFAULT_FRAME;
  window = DEFAULT_WINDOW;
  readonly #io: Duplex;
  readonly #onEnd: (stream: Http2Stream) => void;
  readonly #frames: Buffer[] = [];
  /** Streams that have something to send, in the order of their turns. */
  readonly #ready = new Set<Http2Stream>();
  #inFlight = 0;
  #scheduled = false;
  #ended = false;

  /** @param onEnd called when the end of a stream has gone out */
  constructor(io: Duplex, onEnd: (stream: Http2Stream) => void) {
    this.#io = io;
    this.#onEnd = onEnd;
  }

  /** Sends whole frames, before any data that still waits. */
  send(...frames: readonly Buffer[]): void {
    this.#frames.push(...frames);
    this.schedule();
  }

  /** The stream has something to send, or may send again. */
  add(stream: Http2Stream): void {
    this.#ready.add(stream);
    this.schedule();
  }

  delete(stream: Http2Stream): void {
    this.#ready.delete(stream);
  }

  /** Sends a last frame, and no data any more. */
  end(last: Buffer): void {
    this.#ended = true;
    this.#io.end(Buffer.concat([...this.#frames, last]));
  }

  /** What is sent in one go of the event loop's is one write. */
  schedule(): void {
    if (this.#scheduled || this.#ended) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (!this.#io.destroyed && !this.#ended) this.#flush();
    });
  }

  #flush(): void {
    const frames: Uint8Array[] = this.#frames.splice(0);
    const ended: Http2Stream[] = [];
    const blocked: Http2Stream[] = [];
    let length = 0;
    // A stream that has more comes to stand behind the others, and has its turn in this loop again.
    for (const stream of this.#ready) {
      if (this.#inFlight + length >= IN_FLIGHT) break;
      this.#ready.delete(stream);
      if (!stream.canSend(this.window)) {
        if (stream.canSend(MAX_WINDOW)) blocked.push(stream);
        continue;
      }
      const taken = stream.takeFrames(frames, Math.min(TURN, this.window), this.maxFrame);
      this.window -= taken;
      length += taken;
      if (stream.localEnded) ended.push(stream);
      else this.#ready.add(stream);
    }
    for (const stream of blocked) this.#ready.add(stream);
    this.#write(frames, length);
    for (const stream of ended) this.#onEnd(stream);
  }

  /** @param length of the data in the frames */
  #write(frames: readonly Uint8Array[], length: number): void {
    if (frames.length === 0) return;
    this.#inFlight += length;
    this.#io.cork();
    for (let i = 0; i < frames.length - 1; i++) this.#io.write(frames[i]);
    this.#io.write(frames.at(-1), () => {
      this.#inFlight -= length;
      if (this.#ready.size > 0) this.schedule();
    });
    this.#io.uncork();
  }
}
