import { once } from "node:events";
import { Duplex, duplexPair, PassThrough, Readable, Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { proxy } from "./proxy.ts";

const { signal } = new AbortController();
const MOST_HELD = 1024 * 1024;

/** A stream that never ends, and counts what was taken of it. */
function endless(): { stream: Readable; taken: () => number } {
  let taken = 0;
  const stream = new Readable({
    read() {
      taken += 16 * 1024;
      this.push(Buffer.alloc(16 * 1024));
    },
  });
  return { stream, taken: () => taken };
}

/** A stream that takes nothing. */
function blocked(): Writable {
  return new Writable({ write() {} });
}

/** Lets the streams do all that they can do without being read. */
async function settled(): Promise<void> {
  for (let i = 0; i < 100; i++) await setImmediate();
}

it("copies both ways, and reads on after the end of stdin until the other side closes", async () => {
  const [connection, daemon] = duplexPair();
  const stdout = new PassThrough();
  const proxied = proxy(connection, { stdin: Readable.from([Buffer.from("question")]), stdout }, signal);
  const [[question]] = await Promise.all([once(daemon, "data"), once(daemon, "end")]);
  expect(String(question)).toBe("question");
  daemon.end("answer");
  await proxied;
  expect(String(stdout.read())).toBe("answer");
  expect(stdout.writable).toBe(true);
  expect(connection.destroyed).toBe(true);
});

it("ends when the other side closes, though stdin is open", async () => {
  const [connection, daemon] = duplexPair();
  const stdin = new PassThrough();
  const proxied = proxy(connection, { stdin, stdout: new PassThrough() }, signal);
  daemon.end();
  await proxied;
  expect(stdin.destroyed).toBe(true);
});

it("takes no more than it can pass on", async () => {
  const sent = endless();
  const received = endless();
  const connection = Duplex.from({ readable: received.stream, writable: blocked() });
  const stop = new AbortController();
  const proxied = proxy(connection, { stdin: sent.stream, stdout: blocked() }, stop.signal);
  proxied.catch(() => {});
  await settled();
  for (const { taken } of [sent, received]) {
    expect(taken()).toBeGreaterThan(0);
    expect(taken()).toBeLessThan(MOST_HELD);
  }
  stop.abort();
  await expect(proxied).rejects.toMatchObject({ code: "ABORTED" });
  expect(connection.destroyed && sent.stream.destroyed).toBe(true);
});

it("fails when the connection breaks", async () => {
  const [connection] = duplexPair();
  const proxied = proxy(connection, { stdin: new PassThrough(), stdout: new PassThrough() }, signal);
  connection.destroy(new Error("broken"));
  await expect(proxied).rejects.toThrow("broken");
});

it("ends when nobody reads stdout any more", async () => {
  const [connection, daemon] = duplexPair();
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" })),
  });
  stdout.on("error", () => {});
  daemon.write("answer");
  await proxy(connection, { stdin: new PassThrough(), stdout }, signal);
  if (!connection.closed) await once(connection, "close");
});
