import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { readStdinSource } from "./stdin-source.ts";

async function read(...chunks: Uint8Array[]) {
  const source = await readStdinSource(Readable.from(chunks, { objectMode: false }));
  if ("dockerfile" in source) return { dockerfile: String(source.dockerfile) };
  const parts: Uint8Array[] = [];
  for await (const chunk of source.archive) parts.push(chunk);
  return { archive: Buffer.concat(parts) };
}

/** The header of an empty file, in the ustar format. */
function tarHeader(name: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name);
  header.fill(" ", 148, 156);
  header.write("ustar\0", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0`, 148);
  return header;
}

const bytes = (hex: string) => Buffer.from(hex, "hex");

describe("readStdinSource", () => {
  it.each([
    ["", ""],
    ["FROM busybox\n", "FROM busybox\n"],
    ["#".repeat(5000), "#".repeat(5000)],
  ])("takes text for a Dockerfile", async (text, dockerfile) => {
    expect(await read(Buffer.from(text))).toEqual({ dockerfile });
  });

  it.each([
    ["bzip2", bytes("425a68")],
    ["gzip", bytes("1f8b08")],
    ["xz", bytes("fd377a585a00")],
    ["tar", tarHeader("file")],
  ])("takes %s for an archive, and loses nothing of it", async (_, head) => {
    const rest = Buffer.alloc(100_000, 7);
    const split = [head.subarray(0, 2), head.subarray(2), rest.subarray(0, 10), rest.subarray(10)];
    expect(await read(...split)).toEqual({ archive: Buffer.concat([head, rest]) });
  });

  it("takes zeros, and a header with a wrong sum, for no archive", async () => {
    const damaged = tarHeader("file");
    damaged[0]! ^= 1;
    expect(await read(Buffer.alloc(1024))).toHaveProperty("dockerfile");
    expect(await read(damaged)).toHaveProperty("dockerfile");
  });
});
