import { Duplex } from "node:stream";
import type { ClientChannel } from "ssh2";
import type { SshConnection } from "./client.ts";

/**
 * A channel as the only one of its ssh connection: both end together. A channel by itself would wait for
 * the host's answer to be closed, and would not tell why a connection was lost.
 */
export class SshStream extends Duplex {
  readonly #channel: ClientChannel;
  readonly #connection: SshConnection;
  #closed = false;

  constructor(channel: ClientChannel, connection: SshConnection) {
    super();
    this.#channel = channel;
    this.#connection = connection;
    // A connection that dies before its new owner listens must not become an uncaught exception.
    this.on("error", () => {});
    this.once("end", () => {
      if (this.#closed) this.destroy();
    });
    connection.client.on("error", (error) => this.destroy(error));
    channel.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) channel.pause();
    });
    channel.on("end", () => this.push(null));
    channel.on("close", () => {
      this.#closed = true;
      if (this.readableEnded) this.destroy();
      else this.push(null);
    });
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#channel.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#channel.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#connection.close();
    done(error);
  }
}
