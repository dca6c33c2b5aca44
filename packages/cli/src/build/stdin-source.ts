import type { Readable } from "node:stream";

/** What came over stdin in place of a context: an archive, or a Dockerfile. */
export type StdinSource = { archive: AsyncIterable<Uint8Array> } | { dockerfile: Uint8Array };

const PEEK = 1024;
const BLOCK = 512;
const MAGICS = ["425a68", "1f8b08", "fd377a585a00"].map((hex) => Buffer.from(hex, "hex"));

/** Reads as much of stdin as it takes to tell an archive from a Dockerfile; of an archive no more than that. */
export async function readStdinSource(stdin: Readable): Promise<StdinSource> {
  const chunks: AsyncIterator<Uint8Array> = stdin[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  for (let size = 0; size < PEEK; ) {
    const { value, done } = await chunks.next();
    if (done) break;
    head.push(value);
    size += value.length;
  }
  const all = replay(head, chunks);
  return isArchive(Buffer.concat(head)) ? { archive: all } : { dockerfile: await collect(all) };
}

/** All of stdin. */
export async function readStdin(stdin: Readable): Promise<Uint8Array> {
  return collect(stdin);
}

async function* replay(
  head: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* head;
  yield* { [Symbol.asyncIterator]: () => rest };
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

function isArchive(head: Buffer): boolean {
  return MAGICS.some((magic) => head.subarray(0, magic.length).equals(magic)) || isTarHeader(head);
}

/** A tar header holds the sum of its own bytes, counting the sum's field as blanks. */
function isTarHeader(head: Buffer): boolean {
  if (head.length < BLOCK) return false;
  const field = head.subarray(148, 156);
  const recorded = Number.parseInt(field.toString("latin1").replace(/[\0 ]/g, ""), 8);
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += head[i]!;
  return recorded === sum;
}
