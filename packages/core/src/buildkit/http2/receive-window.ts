import { ErrorCode, ProtocolError } from "./frame.ts";

/** A window is opened again when this part of it was used. */
const PART = 4;

/** How much the other side may still send: what was received counts until it is taken. */
export class ReceiveWindow {
  readonly #size: number;
  #left: number;
  #taken = 0;

  constructor(size: number) {
    this.#size = size;
    this.#left = size;
  }

  /** @throws ProtocolError when the other side has sent more than it may */
  received(length: number): void {
    this.#left -= length;
    if (this.#left < 0) throw new ProtocolError("more data than was allowed", ErrorCode.FLOW_CONTROL_ERROR);
  }

  /** @returns by how much to open the window now, or 0 */
  taken(length: number): number {
    this.#taken += length;
    if (this.#taken < this.#size / PART) return 0;
    const more = this.#taken;
    this.#left += more;
    this.#taken = 0;
    return more;
  }
}
