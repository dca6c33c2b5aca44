import { once } from "node:events";
import { expect, test } from "vitest";
import type { ClientCall } from "../transport/client-call.ts";
import { memoryStreamPair } from "../transport/memory-stream.ts";
import { bytesMessageData, bytesMessageHeader } from "./bytes-message.ts";
import { SessionTunnel } from "./tunnel.ts";

function tunnelPair() {
  const { client, server } = memoryStreamPair();
  const calls = { cancelled: 0 };
  const call = Object.assign(client, { cancel: () => calls.cancelled++ });
  return { tunnel: new SessionTunnel(call as unknown as ClientCall), daemon: server, calls };
}

const message = (data: Buffer) => Buffer.concat([bytesMessageHeader(data.length), data]);

test("what is written arrives in order, in few messages, none of them empty or beyond a MiB", async () => {
  const { tunnel, daemon } = tunnelPair();
  const parts = Array.from({ length: 200 }, (_, i) => Buffer.alloc(i * 100, i));
  parts.push(Buffer.alloc(3 * 1024 * 1024 + 7, "large"), Buffer.alloc(0), Buffer.from("end"));
  tunnel.cork();
  for (const part of parts) tunnel.write(part);
  tunnel.uncork();
  tunnel.end();
  const messages: Buffer[] = [];
  for await (const received of daemon.messages()) messages.push(bytesMessageData(received));
  expect(Buffer.concat(messages).equals(Buffer.concat(parts))).toBe(true);
  expect(messages.length).toBeLessThan(10);
  expect(Math.min(...messages.map(({ length }) => length))).toBeGreaterThan(0);
  expect(Math.max(...messages.map(({ length }) => length))).toBeLessThanOrEqual(1024 * 1024);
  tunnel.destroy();
});

test("an empty write sends nothing", async () => {
  const { tunnel, daemon } = tunnelPair();
  tunnel.write(Buffer.alloc(0));
  tunnel.write("x");
  tunnel.end();
  const messages: string[] = [];
  for await (const received of daemon.messages()) messages.push(received.toString("hex"));
  expect(messages).toEqual(["0a0178"]);
  tunnel.destroy();
});

test("what is received is read as one stream, empty messages or not", async () => {
  const { tunnel, daemon } = tunnelPair();
  const parts = ["a", "", "bc", "d".repeat(300)];
  for (const part of parts) daemon.send(message(Buffer.from(part)));
  daemon.send(Buffer.alloc(0));
  daemon.end();
  const chunks: Buffer[] = [];
  for await (const chunk of tunnel) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe(parts.join(""));
});

test("a reader that stops holds the daemon back", async () => {
  const { tunnel, daemon } = tunnelPair();
  const size = 256 * 1024;
  let more = true;
  for (let i = 0; i < 100; i++) more = daemon.send(message(Buffer.alloc(size, i)));
  expect(more).toBe(false);
  await once(
    tunnel.on("readable", () => {}),
    "readable",
  );
  expect(tunnel.readableLength).toBeLessThanOrEqual(1024 * 1024 + size);
  tunnel.destroy();
});

test("a daemon that does not read holds the writer back", async () => {
  const { tunnel, daemon } = tunnelPair();
  let written = 0;
  for (let i = 0; i < 200; i++) tunnel.write(Buffer.alloc(1024 * 1024), () => written++);
  await new Promise(setImmediate);
  expect(written).toBeLessThan(70);
  tunnel.end();
  let received = 0;
  for await (const part of daemon.messages()) received += bytesMessageData(part).length;
  expect(received).toBe(200 * 1024 * 1024);
  tunnel.destroy();
});

test("bytes that are no message end it with an error, and cancel the call", async () => {
  const { tunnel, daemon, calls } = tunnelPair();
  daemon.send(Buffer.from([0x12, 1, 0]));
  tunnel.resume();
  const [error] = (await once(tunnel, "error")) as [Error];
  expect(error.message).toContain("unexpected field");
  expect(calls.cancelled).toBe(1);
});

test.each([[[0x0a]], [[0x0a, 2, 1]], [[0x0a, 1, 1, 1]], [[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]]])(
  "malformed: %j",
  (bytes) => {
    expect(() => bytesMessageData(Buffer.from(bytes))).toThrow("malformed BytesMessage");
  },
);

test.each([0, 1, 127, 128, 16383, 16384, 2 ** 21])("a message of %i bytes", (size) => {
  expect(bytesMessageData(message(Buffer.alloc(size, 1))).length).toBe(size);
});
