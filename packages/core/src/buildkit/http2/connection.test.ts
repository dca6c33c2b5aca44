import { once } from "node:events";
import * as http2 from "node:http2";
import { connect, createServer } from "node:net";
import { Duplex, duplexPair } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { Http2Connection } from "./connection.ts";
import {
  CLIENT_PREFACE,
  ErrorCode,
  Flag,
  FrameType,
  frame,
  goAwayFrame,
  numberFrame,
  settingsFrame,
} from "./frame.ts";
import { encodeHeaders, type Field } from "./hpack.ts";
import type { Http2Stream } from "./stream.ts";

const closers: Array<() => unknown> = [];
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
});

const REQUEST: readonly Field[] = [
  [":method", "POST"],
  [":scheme", "http"],
  [":path", "/do"],
  [":authority", "localhost"],
];
const OK: readonly Field[] = [[":status", "200"]];
/** All that Node lets a header hold: what is printable, and bytes beyond ASCII. */
const EVERY_BYTE = Array.from({ length: 0x100 }, (_, i) => String.fromCharCode(i))
  .filter((char) => (char > " " && char < "\x7f") || char >= "\x80")
  .join("");

async function listening(server: { listen(port: number, host: string): unknown; address(): unknown }) {
  server.listen(0, "127.0.0.1");
  await once(server as http2.Http2Server, "listening");
  return (server.address() as { port: number }).port;
}

/** A connection of ours to a server of Node's. */
async function toNode(
  onStream: (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void,
  options: http2.ServerOptions = {},
): Promise<{ connection: Http2Connection; session: http2.ServerHttp2Session }> {
  const server = http2.createServer(options);
  server.on("stream", onStream);
  const accepted = once(server, "session");
  const socket = connect(await listening(server), "127.0.0.1");
  const connection = new Http2Connection(socket);
  const [session] = (await accepted) as [http2.ServerHttp2Session];
  closers.push(
    () => server.close(),
    () => session.destroy(),
    () => connection.destroy(),
  );
  return { connection, session };
}

/** A client of Node's, connected to us. */
async function fromNode(
  onStream: (connection: Http2Connection, stream: Http2Stream, fields: readonly Field[]) => void,
  options: http2.ClientSessionOptions = {},
): Promise<http2.ClientHttp2Session> {
  const server = createServer((socket) => {
    const connection = new Http2Connection(socket, {
      onStream: (stream, fields) => onStream(connection, stream, fields),
    });
    closers.push(() => connection.destroy());
  });
  const client = http2.connect(`http://127.0.0.1:${await listening(server)}`, options);
  closers.push(
    () => server.close(),
    () => client.destroy(),
  );
  return client;
}

async function read(stream: Http2Stream): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunks of stream.received()) all.push(...chunks);
  return Buffer.concat(all);
}

async function readNode(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of stream) all.push(chunk);
  return Buffer.concat(all);
}

function headersOf(stream: Http2Stream): Field[][] {
  const blocks: Field[][] = [];
  stream.onHeaders = (fields) => blocks.push([...fields]);
  return blocks;
}

describe("as the client of Node's HTTP/2", () => {
  it("reads headers of all bytes, in any order, and trailers", async () => {
    const backwards = [...EVERY_BYTE].reverse().join("");
    const { connection } = await toNode((stream) => {
      stream.respond({ ":status": 200, "x-all": EVERY_BYTE, "x-back": backwards }, { waitForTrailers: true });
      stream.once("wantTrailers", () => stream.sendTrailers({ "x-end": EVERY_BYTE }));
      stream.end("body");
    });
    for (let i = 0; i < 3; i++) {
      const stream = connection.request(REQUEST);
      const blocks = headersOf(stream);
      stream.end();
      expect((await read(stream)).toString()).toBe("body");
      expect(blocks[0]).toContainEqual(["x-all", EVERY_BYTE]);
      expect(blocks[0]).toContainEqual(["x-back", backwards]);
      expect(blocks[1]).toEqual([["x-end", EVERY_BYTE]]);
    }
  });

  it("sends headers that need several frames, and reads such", async () => {
    const { connection } = await toNode((stream, headers) => {
      stream.respond({ ":status": 200, "x-echo": headers["x-long"] });
      stream.end();
    });
    const long = "z".repeat(50_000);
    const stream = connection.request([...REQUEST, ["x-long", long]]);
    const blocks = headersOf(stream);
    stream.end();
    await read(stream);
    expect(blocks[0]).toContainEqual(["x-echo", long]);
  });

  it.each([
    ["", {}],
    [" with padding", { paddingStrategy: http2.constants.PADDING_STRATEGY_MAX }],
    [" in large frames", { settings: { maxFrameSize: 1024 * 1024 } }],
    [" through a small window", { settings: { initialWindowSize: 1000 } }],
  ])("moves much data in both directions%s", async (_, options: http2.ServerOptions) => {
    const { connection } = await toNode((stream) => {
      stream.respond({ ":status": 200 });
      stream.pipe(stream);
    }, options);
    const stream = connection.request(REQUEST);
    const sent = Array.from({ length: 60 }, (_, i) => Buffer.alloc(100_000 + i, i));
    for (const each of sent) stream.write(each);
    stream.end();
    expect((await read(stream)).equals(Buffer.concat(sent))).toBe(true);
  });

  it("opens no more streams at once than are allowed", async () => {
    let open = 0;
    let most = 0;
    const handler = async (stream: http2.ServerHttp2Stream) => {
      most = Math.max(most, ++open);
      await setImmediate();
      open--;
      stream.respond({ ":status": 200 });
      stream.end("done");
    };
    const { connection, session } = await toNode((stream) => void handler(stream), {
      settings: { maxConcurrentStreams: 2 },
    });
    await once(session, "localSettings");
    const answers = Array.from({ length: 20 }, async () => {
      const stream = connection.request(REQUEST);
      stream.end();
      return (await read(stream)).toString();
    });
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 20 }, () => "done"));
    expect(most).toBeLessThanOrEqual(2);
  });

  it("takes a window that changes while a stream is open", async () => {
    const { connection, session } = await toNode((stream) => {
      stream.respond({ ":status": 200 });
      stream.pipe(stream);
    });
    const stream = connection.request(REQUEST);
    stream.write(Buffer.alloc(500_000, 1));
    session.settings({ initialWindowSize: 1000 });
    await once(session, "localSettings");
    stream.write(Buffer.alloc(500_000, 2));
    stream.end();
    expect(await read(stream)).toHaveLength(1_000_000);
  });

  it("tells the server when it gives up, and is told", async () => {
    const codes: number[] = [];
    const { connection } = await toNode((stream, headers) => {
      stream.on("error", () => {});
      stream.once("close", () => codes.push(stream.rstCode));
      if (headers[":path"] === "/reset") stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
      else stream.respond({ ":status": 200 });
    });
    const given = connection.request(REQUEST);
    const answered = new Promise<void>((resolve) => {
      given.onHeaders = () => resolve();
    });
    await answered;
    given.reset();
    await expect(read(given)).rejects.toThrow("CANCEL");
    const refused = connection.request(
      REQUEST.map((field) => (field[0] === ":path" ? [":path", "/reset"] : field)),
    );
    await expect(read(refused)).rejects.toThrow("INTERNAL_ERROR");
    expect(refused.resetCode).toBe(ErrorCode.INTERNAL_ERROR);
    expect(codes).toContain(http2.constants.NGHTTP2_CANCEL);
  });

  it("ends what it sends when the answer is complete before", async () => {
    const { connection } = await toNode((stream) => {
      stream.respond({ ":status": 200 });
      stream.end("early");
    });
    const stream = connection.request(REQUEST);
    expect((await read(stream)).toString()).toBe("early");
    expect(stream.closed).toBe(true);
  });

  it("finishes what is open when the server goes, and opens nothing more", async () => {
    const streams: http2.ServerHttp2Stream[] = [];
    const { connection, session } = await toNode((stream) => {
      stream.respond({ ":status": 200 });
      streams.push(stream);
    });
    const stream = connection.request(REQUEST);
    const answered = new Promise<void>((resolve) => {
      stream.onHeaders = () => resolve();
    });
    await answered;
    session.goaway(0, streams[0]!.id);
    await expect.poll(() => connection.open).toBe(false);
    streams[0]!.end("last");
    stream.end();
    expect((await read(stream)).toString()).toBe("last");
  });

  it("answers pings", async () => {
    const { session } = await toNode(() => {});
    const answered = new Promise<Buffer>((resolve, reject) => {
      session.ping(Buffer.from("12345678"), (error, _, payload) =>
        error ? reject(error) : resolve(payload),
      );
    });
    expect((await answered).toString()).toBe("12345678");
  });
});

describe("as the server of Node's HTTP/2", () => {
  it("reads any headers, and answers with trailers", async () => {
    const seen: Array<readonly Field[]> = [];
    const client = await fromNode((connection, stream, fields) => {
      seen.push(fields);
      connection.respond(stream, OK);
      stream.write(Buffer.from("body"));
      stream.end([["x-end", "yes"]]);
    });
    const long = "l".repeat(40_000);
    for (let i = 0; i < 2; i++) {
      const request = client.request({ ":path": "/x", "x-all": EVERY_BYTE, "x-long": long });
      const trailers = once(request, "trailers");
      expect((await readNode(request)).toString()).toBe("body");
      expect((await trailers)[0]).toMatchObject({ "x-end": "yes" });
    }
    for (const fields of seen) {
      expect(fields).toContainEqual([":path", "/x"]);
      expect(fields).toContainEqual(["x-all", EVERY_BYTE]);
      expect(fields).toContainEqual(["x-long", long]);
    }
  });

  it("gives every stream its turn, and holds back whoever is not read", async () => {
    const client = await fromNode(
      async (connection, stream, fields) => {
        connection.respond(stream, OK);
        if (fields.some(([, value]) => value === "/unread")) return;
        for await (const chunks of stream.received()) stream.write(...chunks);
        stream.end();
      },
      { maxSessionMemory: 100 },
    );
    const unread = client.request({ ":path": "/unread", ":method": "POST" }, { endStream: false });
    unread.on("error", () => {});
    unread.write(Buffer.alloc(20_000_000));
    const echoed = client.request({ ":path": "/echo", ":method": "POST" });
    echoed.end(Buffer.alloc(10_000_000, 1));
    expect(await readNode(echoed)).toHaveLength(10_000_000);
    expect(client.state.remoteWindowSize).toBeGreaterThan(0);
    unread.close();
  });

  it("ends a stream whose client has more to say than anybody wants", async () => {
    const client = await fromNode((connection, stream) => {
      connection.respond(stream, OK);
      stream.end();
    });
    const request = client.request({ ":method": "POST" }, { endStream: false });
    request.write(Buffer.alloc(1_000_000));
    await once(request.resume(), "close");
    expect(request.rstCode).toBe(http2.constants.NGHTTP2_NO_ERROR);
  });
});

/** What the other side of a connection of ours gets to hear when it sends these bytes. */
async function answerTo(
  bytes: Buffer,
  server: boolean,
): Promise<{ connection: Http2Connection; answer: Buffer }> {
  const [near, far] = duplexPair();
  const connection = new Http2Connection(near, server ? { onStream: () => {} } : {});
  const heard: Buffer[] = [];
  far.on("error", () => {}).on("data", (chunk: Buffer) => heard.push(chunk));
  far.write(bytes);
  await once(near, "close");
  await setImmediate();
  return { connection, answer: Buffer.concat(heard) };
}

/** The code of the GOAWAY that ends what was said. */
function goneFor(answer: Buffer): number | undefined {
  let code: number | undefined;
  for (let at = 0; at + 9 <= answer.length; at += 9 + answer.readUIntBE(at, 3)) {
    if (answer[at + 3] === FrameType.GOAWAY) code = answer.readUInt32BE(at + 9 + 4);
  }
  return code;
}

describe("a server whose client breaks the protocol", () => {
  const greeting = [CLIENT_PREFACE, settingsFrame([])];
  const open = frame(FrameType.HEADERS, Flag.END_HEADERS, 1, encodeHeaders(REQUEST));
  it.each<[string, Buffer[], number]>([
    ["begins with something else", [Buffer.from("GET / HTTP/1.1\r\n\r\n")], ErrorCode.PROTOCOL_ERROR],
    ["begins without settings", [CLIENT_PREFACE, open], ErrorCode.PROTOCOL_ERROR],
    [
      "sends an overlong frame",
      [...greeting, Buffer.from([0x20, 0, 0, 0, 0, 0, 0, 0, 1])],
      ErrorCode.FRAME_SIZE_ERROR,
    ],
    ["sends data on no stream", [...greeting, frame(0, 0, 1, Buffer.from("x"))], ErrorCode.PROTOCOL_ERROR],
    [
      "opens a stream with an even number",
      [...greeting, frame(1, 4, 2, encodeHeaders(REQUEST))],
      ErrorCode.PROTOCOL_ERROR,
    ],
    [
      "puts something between headers",
      [...greeting, frame(1, 0, 1), frame(6, 0, 0, Buffer.alloc(8))],
      ErrorCode.PROTOCOL_ERROR,
    ],
    ["continues no headers", [...greeting, frame(9, 4, 1)], ErrorCode.PROTOCOL_ERROR],
    [
      "sends malformed headers",
      [...greeting, frame(1, 4, 1, Buffer.from([0x80]))],
      ErrorCode.COMPRESSION_ERROR,
    ],
    [
      "pads more than there is",
      [...greeting, open, frame(0, 8, 1, Buffer.from([9, 1]))],
      ErrorCode.PROTOCOL_ERROR,
    ],
    [
      "opens a window beyond measure",
      [...greeting, numberFrame(8, 0, 2 ** 31 - 1)],
      ErrorCode.FLOW_CONTROL_ERROR,
    ],
    ["opens a window by nothing", [...greeting, numberFrame(8, 0, 0)], ErrorCode.PROTOCOL_ERROR],
    [
      "sends settings of a wrong length",
      [...greeting, frame(4, 0, 0, Buffer.alloc(5))],
      ErrorCode.FRAME_SIZE_ERROR,
    ],
    [
      "sends a ping of a wrong length",
      [...greeting, frame(6, 0, 0, Buffer.alloc(7))],
      ErrorCode.FRAME_SIZE_ERROR,
    ],
    ["resets with a wrong length", [...greeting, open, frame(3, 0, 1)], ErrorCode.FRAME_SIZE_ERROR],
    ["pushes", [...greeting, open, frame(5, 4, 1, Buffer.alloc(4))], ErrorCode.PROTOCOL_ERROR],
    [
      "sends more than it may",
      [...greeting, open, ...Array.from({ length: 5 }, () => frame(0, 0, 1, Buffer.alloc(1024 * 1024)))],
      ErrorCode.FLOW_CONTROL_ERROR,
    ],
  ])("that %s is told so", async (_, frames, code) => {
    const { connection, answer } = await answerTo(Buffer.concat(frames), true);
    expect(goneFor(answer)).toBe(code);
    expect(connection.open).toBe(false);
    expect(connection.error?.name).toBe("ProtocolError");
  });
});

it("reads frames wherever they are cut", async () => {
  const [near, far] = duplexPair();
  const bodies: Array<Promise<Buffer>> = [];
  const connection = new Http2Connection(near, { onStream: (stream) => bodies.push(read(stream)) });
  far.resume();
  const bytes = Buffer.concat([
    CLIENT_PREFACE,
    settingsFrame([]),
    frame(FrameType.HEADERS, Flag.END_HEADERS, 1, encodeHeaders(REQUEST)),
    frame(FrameType.DATA, 0, 1, Buffer.from("some data")),
    frame(FrameType.DATA, Flag.PADDED, 1, Buffer.from("\x02padded__", "latin1")),
    frame(FrameType.DATA, Flag.END_STREAM, 1),
  ]);
  for (const byte of bytes) far.write(Buffer.from([byte]));
  await expect.poll(() => bodies.length).toBe(1);
  expect((await bodies[0])?.toString()).toBe("some datapadded");
  connection.destroy();
});

it("breaks its streams for the reason that the connection tells, also after the other side has said that it goes", async () => {
  const [near, far] = duplexPair();
  const connection = new Http2Connection(near);
  far.resume();
  const stream = connection.request(REQUEST);
  far.write(Buffer.concat([settingsFrame([]), goAwayFrame(2 ** 31 - 1, ErrorCode.NO_ERROR)]));
  await expect.poll(() => connection.open).toBe(false);
  expect(stream.closed).toBe(false);
  near.destroy(new Error("the pod was deleted"));
  await expect(read(stream)).rejects.toThrow("the pod was deleted");
});

it("keeps the process alive while a stream is open, and no longer", () => {
  let alive = true;
  const socket = Object.assign(new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() }), {
    ref: () => (alive = true),
    unref: () => (alive = false),
  });
  const connection = new Http2Connection(socket);
  expect(alive).toBe(false);
  const stream = connection.request(REQUEST);
  expect(alive).toBe(true);
  stream.reset();
  expect(alive).toBe(false);
  connection.destroy();
});
