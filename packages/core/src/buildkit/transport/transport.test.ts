import { once } from "node:events";
import { connect, createServer } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import { GrpcChannel } from "./channel.ts";
import { MessageReader, messagePrefix } from "./framing.ts";
import { Metadata } from "./metadata.ts";
import { serveGrpc } from "./server.ts";
import { Code, decodeStatusMessage, encodeStatusMessage, GrpcError } from "./status.ts";
import type { ServerHandler } from "./stream.ts";

const closers: Array<() => unknown> = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A client and a server over one real socket. */
async function connected(handlers: Record<string, ServerHandler>): Promise<GrpcChannel> {
  const listener = createServer((socket) => {
    closers.push(serveGrpc(socket, { handlers: new Map(Object.entries(handlers)) }));
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address() as { port: number };
  const channel = new GrpcChannel(connect(address.port, "127.0.0.1"));
  closers.push(
    () => channel.close(),
    () => listener.close(),
  );
  return channel;
}

const text = {
  encode: (s: string) => ({ finish: () => Buffer.from(s) }),
  decode: (b: Uint8Array) => Buffer.from(b).toString(),
};
const method = { name: "Do", requestType: text, responseType: text };
const echo: ServerHandler = async (call) => {
  for await (const message of call.messages()) if (!call.send(message)) await call.drained();
};

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe("gRPC over a Duplex", () => {
  it("may be closed at once on a connection that has bytes to read", async () => {
    const listener = createServer((socket) => {
      closers.push(serveGrpc(socket, { handlers: new Map() }));
    });
    closers.push(() => listener.close());
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const socket = connect((listener.address() as { port: number }).port, "127.0.0.1");
    await once(socket, "readable");
    expect(socket.readableLength).toBeGreaterThan(0);
    const channel = new GrpcChannel(socket);
    channel.close();
    expect(channel.open).toBe(false);
    await once(socket, "close");
  });

  it("answers a unary call", async () => {
    const channel = await connected({ "/S/Do": echo });
    expect(await channel.unary("S", method, "hello")).toBe("hello");
  });

  it("answers after reading only the first message", async () => {
    const channel = await connected({
      "/S/Do": async (call) => {
        for await (const message of call.messages()) {
          call.send(message);
          break;
        }
      },
    });
    expect(await channel.unary("S", method, "one")).toBe("one");
  });

  it("carries code, message and details of a failure", async () => {
    const channel = await connected({
      "/S/Do": async () => {
        throw new GrpcError(Code.NOT_FOUND, "no such thing: ü %");
      },
    });
    await expect(channel.unary("S", method, "x")).rejects.toMatchObject({
      code: Code.NOT_FOUND,
      message: "no such thing: ü %",
    });
    await expect(channel.unary("S", { ...method, name: "Other" }, "x")).rejects.toMatchObject({
      code: Code.UNIMPLEMENTED,
    });
  });

  it("keeps repeated metadata apart, also with more than 128 values and commas", async () => {
    let seen: readonly string[] = [];
    const channel = await connected({
      "/S/Do": async (call) => {
        seen = call.metadata.getAll("exclude-patterns");
        call.send(Buffer.from("ok"));
      },
    });
    const patterns = Array.from({ length: 500 }, (_, i) => `a,${i}`);
    const metadata = Metadata.of(patterns.map((p) => ["exclude-patterns", p] as const));
    await channel.unary("S", method, "x", { metadata });
    expect(seen).toEqual(patterns);
  });

  it("moves large messages in both directions under back-pressure", async () => {
    const channel = await connected({ "/S/Do": echo });
    const call = channel.call("/S/Do");
    const message = Buffer.alloc(300_000, 7);
    const sending = (async () => {
      for (let i = 0; i < 100; i++) if (!call.send(message)) await call.drained();
      call.end();
    })();
    let bytes = 0;
    for await (const answer of call.messages()) bytes += answer.length;
    await sending;
    expect(bytes).toBe(30_000_000);
  });

  it("ends with ABORTED when the caller's signal aborts, and tells the server", async () => {
    let serverAborted: Promise<unknown> | undefined;
    const started = deferred();
    const channel = await connected({
      "/S/Do": async (call) => {
        serverAborted = once(call.signal, "abort");
        started.resolve();
        await serverAborted;
      },
    });
    const controller = new AbortController();
    const answer = channel.unary("S", method, "x", { signal: controller.signal });
    await started.promise;
    controller.abort(new Error("enough"));
    await expect(answer).rejects.toMatchObject({ code: "ABORTED" });
    await serverAborted;
  });

  it("tells a handler that what it reads has broken off", async () => {
    const reading = deferred();
    let read: Promise<unknown> = Promise.resolve();
    const handler: ServerHandler = (call) => {
      const readAll = async () => {
        for await (const _ of call.messages()) reading.resolve();
      };
      read = readAll().catch((error: unknown) => error);
      return read.then(() => {});
    };
    const channel = await connected({ "/S/Do": handler });
    channel.call("/S/Do").send(Buffer.from("half"));
    await reading.promise;
    channel.close();
    expect(await read).toBeInstanceOf(GrpcError);
  });

  it("fails calls under way when the connection breaks", async () => {
    const socket = new Duplex({ read() {}, write: (_c, _e, done) => done() });
    const channel = new GrpcChannel(socket);
    closers.push(() => channel.close());
    const answer = channel.unary("S", method, "x");
    socket.destroy();
    await expect(answer).rejects.toMatchObject({ code: Code.UNAVAILABLE });
    expect(channel.open).toBe(false);
  });
});

describe("MessageReader", () => {
  it("cuts messages whatever the chunk boundaries", () => {
    const messages = [Buffer.alloc(0), Buffer.from("a"), Buffer.alloc(70_000, 1), Buffer.from("end")];
    const wire = Buffer.concat(messages.flatMap((m) => [messagePrefix(m.length), m]));
    for (const step of [1, 2, 5, 6, 1000, wire.length]) {
      const reader = new MessageReader();
      const seen: Buffer[] = [];
      for (let at = 0; at < wire.length; at += step) reader.push(wire.subarray(at, at + step), seen);
      expect(seen.map((m) => m.length)).toEqual(messages.map((m) => m.length));
      expect(reader.incomplete).toBe(false);
    }
  });
});

describe("status messages", () => {
  it("are percent-encoded UTF-8", () => {
    expect(encodeStatusMessage("a%ü\n")).toBe("a%25%C3%BC%0A");
    expect(decodeStatusMessage("a%25%C3%BC%0A")).toBe("a%ü\n");
    expect(decodeStatusMessage("100%")).toBe("100%");
  });
});
