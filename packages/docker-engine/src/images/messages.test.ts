import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { type EngineMessage, engineMessages } from "./messages.ts";

async function collect(...chunks: Buffer[]): Promise<EngineMessage[]> {
  const messages = [];
  for await (const message of engineMessages(Readable.from(chunks), "Docker", "pull x"))
    messages.push(message);
  return messages;
}

test("messages come whole, wherever the stream is cut", async () => {
  const text = Buffer.from('{"status":"ü"}\r\n\n{"id":"a","status":"Downloading"}\n{"stream":"last"}');
  const bytes = Array.from(text, (byte) => Buffer.of(byte));
  expect(await collect(...bytes)).toEqual([
    { status: "ü" },
    { id: "a", status: "Downloading" },
    { stream: "last" },
  ]);
});

test("an error among them is thrown, with what was being done", async () => {
  const error = '{"errorDetail":{"code":1,"message":"no space"},"error":"older text"}\n';
  await expect(collect(Buffer.from(`{"status":"ok"}\n${error}`))).rejects.toMatchObject({
    code: "ENGINE_ERROR",
    message: "Docker could not pull x: no space",
  });
  await expect(collect(Buffer.from('{"error":"older text"}'))).rejects.toThrow("older text");
});

test("a stream that breaks off is the daemon's loss", async () => {
  const answer = new Readable({ read() {} });
  answer.push('{"status":"ok"}\n');
  const messages = engineMessages(answer, "Docker", "pull x");
  expect((await messages.next()).value).toEqual({ status: "ok" });
  answer.destroy(Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
  await expect(messages.next()).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
});

test("a line without end is given up", async () => {
  const half = Buffer.alloc(700 * 1024, "x");
  await expect(collect(half, half)).rejects.toMatchObject({ code: "ENGINE_ERROR" });
});
