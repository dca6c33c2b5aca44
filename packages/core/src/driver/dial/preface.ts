import type { Duplex } from "node:stream";
import { TsbxError } from "../../errors.ts";

/** An HTTP/2 frame header: 24 bits of length, type, flags, 31 bits of stream id (RFC 9113, 4.1). */
const FRAME_HEADER = 9;
const SETTINGS = 4;

/**
 * Waits for the HTTP/2 server preface, a SETTINGS frame that a gRPC server sends unasked once it has taken
 * the connection (RFC 9113, 3.4), and leaves it unread. Destroys the stream when it throws.
 *
 * @param subject who is there, for messages
 * @param signal from `withDeadline`: its reason is thrown when it aborts
 * @throws TsbxError `DAEMON_UNREACHABLE` when the stream ends before, `NOT_HTTP2` when something else comes;
 *   or the stream's own error
 */
export async function awaitServerPreface(
  stream: Duplex,
  subject: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    const header = await readHeader(stream, subject, signal);
    if (!isSettings(header)) {
      throw new TsbxError("NOT_HTTP2", `${subject} does not speak gRPC: it began with ${excerpt(header)}`, {
        hint: "Check that the address is buildkitd's, and that TLS is used when it wants TLS.",
      });
    }
    stream.unshift(header);
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

function readHeader(stream: Duplex, subject: string, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      for (const event of EVENTS) stream.off(event, attempt);
      signal.removeEventListener("abort", attempt);
      act();
    };
    const attempt = () => {
      if (signal.aborted) return settle(() => reject(signal.reason));
      const header: Buffer | null = stream.read(FRAME_HEADER);
      if (header !== null) return settle(() => resolve(header));
      if (stream.errored) return settle(() => reject(stream.errored));
      if (stream.readableEnded || stream.destroyed) return settle(() => reject(closedEarly(subject)));
    };
    for (const event of EVENTS) stream.on(event, attempt);
    signal.addEventListener("abort", attempt);
    attempt();
  });
}

const EVENTS = ["readable", "end", "error", "close"];

function closedEarly(subject: string): TsbxError {
  return new TsbxError("DAEMON_UNREACHABLE", `${subject} closed the connection before it said anything`, {
    hint: "Check the daemon's log, and that TLS is used when it wants TLS.",
  });
}

function isSettings(header: Buffer): boolean {
  return header.length === FRAME_HEADER && header[3] === SETTINGS && header.readUInt32BE(5) === 0;
}

function excerpt(bytes: Buffer): string {
  return JSON.stringify(bytes.toString("latin1"));
}
