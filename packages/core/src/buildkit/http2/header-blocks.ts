import { ErrorCode, Flag, FrameType, frame, ProtocolError } from "./frame.ts";
import { withoutPadding } from "./frame-reader.ts";
import { encodeHeaders, type Field, HeaderDecoder } from "./hpack.ts";

/** A call carries each ignore pattern as a header of its own. */
export const MAX_HEADERS = 16 * 1024 * 1024;

/** Weight and dependency of a stream, which nobody looks at any more (RFC 9113, 5.3). */
const PRIORITY_LENGTH = 5;

/** A header block that has come as a whole. */
export interface HeaderBlock {
  id: number;
  fields: readonly Field[];
  /** Whether the other side has nothing more to say on the stream. */
  ends: boolean;
}

/** Puts header blocks together: HEADERS, and any number of CONTINUATIONs with nothing in between. */
export class HeaderBlocks {
  readonly #decoder = new HeaderDecoder();
  #begun: { id: number; ends: boolean; parts: Buffer[]; length: number } | undefined;

  /**
   * Takes any frame.
   * @returns the block that it completes
   * @throws ProtocolError
   */
  take(type: number, flags: number, id: number, payload: Buffer): HeaderBlock | undefined {
    if (
      this.#begun ? type !== FrameType.CONTINUATION || id !== this.#begun.id : type === FrameType.CONTINUATION
    ) {
      throw new ProtocolError("headers are not in one piece");
    }
    if (type === FrameType.HEADERS) {
      this.#begun = { id, ends: (flags & Flag.END_STREAM) !== 0, parts: [], length: 0 };
      this.#add(fragmentOf(flags, payload));
    } else if (type === FrameType.CONTINUATION) this.#add(payload);
    else return undefined;
    return flags & Flag.END_HEADERS ? this.#complete() : undefined;
  }

  #add(part: Buffer): void {
    const begun = this.#begun!;
    begun.parts.push(part);
    begun.length += part.length;
    if (begun.length > MAX_HEADERS) {
      throw new ProtocolError("headers beyond all measure", ErrorCode.ENHANCE_YOUR_CALM);
    }
  }

  #complete(): HeaderBlock {
    const { id, ends, parts } = this.#begun!;
    this.#begun = undefined;
    return { id, ends, fields: this.#decoder.decode(Buffer.concat(parts)) };
  }
}

function fragmentOf(flags: number, payload: Buffer): Buffer {
  const rest = flags & Flag.PADDED ? withoutPadding(payload) : payload;
  return flags & Flag.PRIORITY ? rest.subarray(PRIORITY_LENGTH) : rest;
}

/** The frames of a header block, as one piece: nothing may come between them. */
export function headerFrames(id: number, fields: readonly Field[], ends: boolean, maxFrame: number): Buffer {
  const block = encodeHeaders(fields);
  const frames: Buffer[] = [];
  for (let at = 0; at === 0 || at < block.length; at += maxFrame) {
    const part = block.subarray(at, at + maxFrame);
    const last = at + part.length >= block.length ? Flag.END_HEADERS : 0;
    const first = at === 0 && ends ? Flag.END_STREAM : 0;
    frames.push(frame(at === 0 ? FrameType.HEADERS : FrameType.CONTINUATION, first | last, id, part));
  }
  return Buffer.concat(frames);
}
