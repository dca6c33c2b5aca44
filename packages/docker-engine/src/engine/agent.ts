import { Agent, type ClientRequest, type RequestOptions } from "node:http";
import type { Duplex } from "node:stream";

/** How long a connection is kept for the next request. */
const IDLE_MS = 5000;

const NEVER = new AbortController().signal;

/** Options of a request over a {@link DialingAgent}. */
export interface DialingOptions extends RequestOptions {
  /** Gives up a connection that is being made for the request. */
  dialSignal?: AbortSignal;
  /** Empty: TLS is the dial's own, and Node needs a long time to make a server name out of the `Host` header. */
  servername: "";
}

/** Something that the event loop can wait for or not, such as a socket. */
interface Referable extends Duplex {
  ref?(): void;
  unref?(): void;
}

/** Keeps connections of any kind alive for the next request, without keeping the process alive for them. */
export class DialingAgent extends Agent {
  readonly #dial: (signal: AbortSignal) => Promise<Duplex>;
  readonly #idle = new WeakMap<Duplex, NodeJS.Timeout>();

  constructor(dial: (signal: AbortSignal) => Promise<Duplex>) {
    super({ keepAlive: true });
    this.#dial = dial;
  }

  override createConnection(
    options: DialingOptions,
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const settle = done as (error: Error | null, stream?: Duplex) => void;
    this.#dial(options.dialSignal ?? NEVER).then((stream) => settle(null, stream), settle);
  }

  override keepSocketAlive(stream: Referable): boolean {
    stream.unref?.();
    this.#idle.set(stream, setTimeout(() => stream.destroy(), IDLE_MS).unref());
    return true;
  }

  override reuseSocket(stream: Referable, request: ClientRequest): void {
    clearTimeout(this.#idle.get(stream));
    super.reuseSocket(stream, request);
  }
}
