import { type Duplex, duplexPair, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { bytes, changedBytes, chunked } from "../../../../../scripts/fuzz/bytes.ts";
import { fuzz } from "../../../../../scripts/fuzz/fuzz.ts";
import { text } from "../../../../../scripts/fuzz/text.ts";
import { GrpcChannel } from "./channel.ts";
import { MessageReader, messagePrefix } from "./framing.ts";
import { Metadata } from "./metadata.ts";
import { serveGrpc } from "./server.ts";
import { Code, decodeStatusMessage, encodeStatusMessage, GrpcError } from "./status.ts";
import type { ServerHandler } from "./stream.ts";

const framed = (message: Uint8Array) => Buffer.concat([messagePrefix(message.length), message]);

describe("framing", () => {
  const messages = fc.array(bytes(40), { maxLength: 5 });

  fuzz("gives the messages that were framed, wherever the bytes are cut", messages, (sent) => {
    const all = Buffer.concat(sent.map(framed));
    for (const size of [1, 3, 7, all.length || 1]) {
      const reader = new MessageReader();
      const read: Buffer[] = [];
      for (let at = 0; at < all.length; at += size) reader.push(all.subarray(at, at + size), read);
      expect(read).toEqual(sent);
      expect(reader.incomplete).toBe(false);
    }
  });

  const changed = chunked(changedBytes(messages.map((sent) => Buffer.concat(sent.map(framed)))));
  fuzz("refuses other bytes as a gRPC error, or waits for more", changed, (chunks) => {
    const reader = new MessageReader();
    const messages: Buffer[] = [];
    try {
      for (const chunk of chunks) reader.push(chunk, messages);
    } catch (error) {
      expect(error).toBeInstanceOf(GrpcError);
    }
    const length = messages.reduce((sum, message) => sum + 5 + message.length, 0);
    expect(length).toBeLessThanOrEqual(Buffer.concat(chunks).length);
  });

  fuzz("takes any status message there and back", text(), (message) => {
    const encoded = encodeStatusMessage(message);
    expect(encoded).toMatch(/^[\x20-\x7e]*$/);
    expect(decodeStatusMessage(encoded)).toBe(Buffer.from(message).toString());
    expect(typeof decodeStatusMessage(message)).toBe("string");
  });
});

const textCodec = {
  encode: (message: string) => ({ finish: () => Buffer.from(message) }),
  decode: (encoded: Uint8Array) => Buffer.from(encoded).toString(),
};
const method = { name: "Do", requestType: textCodec, responseType: textCodec };
const echo: ServerHandler = async (call) => {
  for await (const message of call.messages()) if (!call.send(message)) await call.drained();
};
const handlers = new Map([["/S/Do", echo]]);
const metadata = Metadata.of([
  ["some-key", "value"],
  ["some-key", "another"],
]);

/** What each side writes in a conversation of two calls. */
async function record(): Promise<Record<"client" | "server", Buffer>> {
  const written = { client: [] as Buffer[], server: [] as Buffer[] };
  const [clientEnd, clientFar] = duplexPair();
  const [serverEnd, serverFar] = duplexPair();
  const tap = (to: Buffer[]) =>
    new Transform({
      transform(chunk, _encoding, done) {
        to.push(Buffer.from(chunk));
        done(null, chunk);
      },
    });
  pipeline(clientFar, tap(written.client), serverFar).catch(() => {});
  pipeline(serverFar, tap(written.server), clientFar).catch(() => {});
  const close = serveGrpc(serverEnd, { handlers });
  const channel = new GrpcChannel(clientEnd);
  await channel.unary("S", method, "hello", { metadata });
  await channel.unary("Unknown", method, "hello").catch(() => {});
  channel.close();
  await close();
  return { client: Buffer.concat(written.client), server: Buffer.concat(written.server) };
}

const recorded = await record();

/** Writes chunks, some of them in turns of their own, and ends. */
async function play(to: Duplex, chunks: readonly Buffer[]): Promise<void> {
  to.on("error", () => {});
  to.resume();
  for (const chunk of chunks) {
    if (to.destroyed) return;
    to.write(chunk);
    await setImmediate();
  }
  to.end();
}

describe("a connection whose other side sends anything", () => {
  const fromClient = chunked(fc.oneof(bytes(), changedBytes(fc.constant(recorded.client))));
  fuzz("is served to its end", fromClient, async (chunks) => {
    const [near, far] = duplexPair();
    near.on("error", () => {});
    const close = serveGrpc(near, { handlers });
    await play(far, chunks);
    await close();
    far.destroy();
  });

  const fromServer = chunked(fc.oneof(bytes(), changedBytes(fc.constant(recorded.server))));
  fuzz("ends the calls in it", fromServer, async (chunks) => {
    const [near, far] = duplexPair();
    near.on("error", () => {});
    const channel = new GrpcChannel(near);
    const call = channel.unary("S", method, "hello", { metadata }).then(
      (answer) => expect(typeof answer).toBe("string"),
      (error: unknown) => expect(error).toBeInstanceOf(GrpcError),
    );
    await play(far, chunks);
    await setImmediate();
    far.destroy();
    near.destroy();
    await call;
    channel.close();
  });

  fuzz("gives a call up when it is told to", fromServer, async (chunks) => {
    const [near, far] = duplexPair();
    near.on("error", () => {});
    const channel = new GrpcChannel(near);
    const stop = new AbortController();
    const call = channel.unary("S", method, "hello", { signal: stop.signal }).catch((error) => error);
    await play(far, chunks);
    stop.abort();
    const outcome = await call;
    if (outcome instanceof Error)
      expect(["ABORTED", ...Object.values(Code)]).toContain((outcome as { code?: unknown }).code);
    channel.close();
    far.destroy();
  });
});
