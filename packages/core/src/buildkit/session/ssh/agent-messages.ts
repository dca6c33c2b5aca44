const MAX_MESSAGE = 256 * 1024;

/** Cuts a byte stream into messages of the SSH agent protocol: each is a length and that many bytes. */
export class AgentMessages {
  #buffer: Buffer = Buffer.alloc(0);

  *push(chunk: Buffer): Generator<Buffer> {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    while (this.#buffer.length >= 4) {
      const length = this.#buffer.readUInt32BE(0);
      if (length === 0 || length > MAX_MESSAGE) throw new Error(`ssh agent message of ${length} bytes`);
      if (this.#buffer.length < 4 + length) return;
      const message = this.#buffer.subarray(4, 4 + length);
      this.#buffer = this.#buffer.subarray(4 + length);
      yield message;
    }
  }
}
