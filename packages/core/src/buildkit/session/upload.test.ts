import { expect, test } from "vitest";
import { bytesMessageData } from "./bytes-message.ts";
import { servedCall } from "./served-call.test.support.ts";
import { uploadHandlers } from "./upload.ts";

const METHOD = "/moby.upload.v1.Upload/Pull";

async function* chunks(...parts: Buffer[]): AsyncGenerator<Buffer> {
  yield* parts;
}

test("a stream is served whole, in messages that every daemon takes, and once", async () => {
  const parts = [Buffer.from("a"), Buffer.alloc(0), Buffer.alloc(5 * 1024 * 1024, "b"), Buffer.from("c")];
  const sent = { entries: 0, files: 0, bytes: 0 };
  const handlers = uploadHandlers(new Map([["id", chunks(...parts)]]), () => sent);
  const messages = await servedCall(handlers, METHOD, [], { urlpath: "/id" });
  expect(Buffer.concat(messages.map(bytesMessageData)).equals(Buffer.concat(parts))).toBe(true);
  expect(Math.max(...messages.map(({ length }) => length))).toBeLessThan(4 * 1024 * 1024);
  expect(messages.every(({ length }) => length > 0)).toBe(true);
  await expect(servedCall(handlers, METHOD, [], { urlpath: "/id" })).rejects.toMatchObject({ code: 5 });
  expect(sent).toEqual({ entries: 1, files: 1, bytes: 5 * 1024 * 1024 + 2 });
});

test.each<Record<string, string>>([{}, { urlpath: "" }, { urlpath: "/other" }, { urlpath: "/id/x" }])(
  "%j is not found",
  async (metadata) => {
    const handlers = uploadHandlers(new Map([["id", chunks()]]));
    await expect(servedCall(handlers, METHOD, [], metadata)).rejects.toMatchObject({ code: 5 });
  },
);

test("a stream that fails fails the call", async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield Buffer.from("x");
    throw new Error("disk on fire");
  }
  const handlers = uploadHandlers(new Map([["id", failing()]]));
  await expect(servedCall(handlers, METHOD, [], { urlpath: "id" })).rejects.toThrow("disk on fire");
});
