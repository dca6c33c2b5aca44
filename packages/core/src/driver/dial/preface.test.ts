import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { awaitServerPreface } from "./preface.ts";

const SETTINGS = Buffer.from([0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0x40, 0]);
const never = new AbortController().signal;

test("leaves what it saw unread", async () => {
  const stream = new PassThrough();
  stream.write(SETTINGS);
  await awaitServerPreface(stream, "it", never);
  expect(stream.read()).toEqual(SETTINGS);
});

test("waits for a preface that comes in pieces", async () => {
  const stream = new PassThrough();
  const ready = awaitServerPreface(stream, "it", never);
  for (const byte of SETTINGS) {
    stream.write(Buffer.of(byte));
    await new Promise(setImmediate);
  }
  await ready;
  expect(stream.read()).toEqual(SETTINGS);
});

test("leaves no listener behind", async () => {
  const stream = new PassThrough();
  const before = stream.eventNames();
  const ready = awaitServerPreface(stream, "it", never);
  stream.write(SETTINGS);
  await ready;
  expect(stream.eventNames()).toEqual(before);
});

test("refuses what is not HTTP/2, and says what it was", async () => {
  const stream = new PassThrough();
  stream.write("HTTP/1.1 400 Bad Request\r\n\r\n");
  await expect(awaitServerPreface(stream, "it", never)).rejects.toMatchObject({
    code: "NOT_HTTP2",
    message: 'it does not speak gRPC: it began with "HTTP/1.1 "',
  });
  expect(stream.destroyed).toBe(true);
});

test("a stream that ends in silence", async () => {
  const stream = new PassThrough();
  stream.end();
  await expect(awaitServerPreface(stream, "it", never)).rejects.toMatchObject({ code: "DAEMON_UNREACHABLE" });
});

test("a stream that fails throws its own error", async () => {
  const stream = new PassThrough();
  const ready = awaitServerPreface(stream, "it", never);
  const failure = new Error("reset");
  stream.destroy(failure);
  await expect(ready).rejects.toBe(failure);
});

test("a stream that is destroyed without an error", async () => {
  const stream = new PassThrough();
  const ready = awaitServerPreface(stream, "it", never);
  stream.destroy();
  await expect(ready).rejects.toMatchObject({ code: "DAEMON_UNREACHABLE" });
});

test("an abort throws its reason and destroys the stream", async () => {
  const stream = new PassThrough();
  const abort = new AbortController();
  const ready = awaitServerPreface(stream, "it", abort.signal);
  const reason = new Error("enough");
  abort.abort(reason);
  await expect(ready).rejects.toBe(reason);
  expect(stream.destroyed).toBe(true);
});
