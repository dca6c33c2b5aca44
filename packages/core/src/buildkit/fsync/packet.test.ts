import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Packet } from "../../gen/fsutil.ts";
import { MessageReader } from "../transport/framing.ts";
import {
  dataHeaderLength,
  decodePacket,
  encodeEndOfListing,
  encodeError,
  encodeFin,
  encodeRequest,
  type StatEntry,
  writeDataHeader,
} from "./packet.ts";
import { StatBatch } from "./stat-batch.ts";

const unframed = (bytes: Buffer): Buffer[] => {
  const messages: Buffer[] = [];
  new MessageReader().push(bytes, messages);
  return messages;
};
const hex = (bytes: Buffer) => unframed(bytes).map((message) => message.toString("hex"));

function dataPacket(id: number, data: Buffer): Buffer {
  const header = Buffer.alloc(dataHeaderLength(id, data.length));
  expect(writeDataHeader(header, 0, id, data.length)).toBe(header.length);
  return Buffer.concat([header, data]);
}

function encodeStats(entries: readonly StatEntry[]): Buffer[] {
  const written: Buffer[] = [];
  const batch = new StatBatch((bytes) => written.push(bytes));
  for (const entry of entries) batch.add(entry);
  batch.flush();
  return written;
}

const entry = (fields: Partial<StatEntry>): StatEntry => ({
  path: "a",
  mode: 0,
  size: 0,
  mtime: 0n,
  linkname: "",
  devmajor: 0,
  devminor: 0,
  ...fields,
});

describe("on the wire", () => {
  test("the packets that are the same everywhere", () => {
    expect(hex(encodeEndOfListing())).toEqual([""]);
    expect(hex(encodeRequest(0))).toEqual(["0801"]);
    expect(hex(encodeRequest(5))).toEqual(["08011805"]);
    expect(hex(encodeRequest(0xffffffff))).toEqual(["080118ffffffff0f"]);
    expect(hex(encodeFin())).toEqual(["0803"]);
    expect(hex(encodeError("no"))).toEqual(["080422026e6f"]);
    expect(hex(dataPacket(0, Buffer.alloc(0)))).toEqual(["0802"]);
    expect(hex(dataPacket(300, Buffer.from("hi")))).toEqual(["080218ac0222026869"]);
  });

  test.each<[string, Partial<StatEntry>, string]>([
    ["nothing but a path", {}, "12050a01611000"],
    ["a directory: a mode beyond 2^31", { mode: 0x80000000 + 0o755 }, "12090a016110ed83808008"],
    ["a size beyond 2^32", { size: 2 ** 40 }, "120c0a0161100028808080808020"],
    ["a time of one nanosecond", { mtime: 1n }, "12070a016110003001"],
    ["a time before 1970", { mtime: -1n }, "12100a0161100030ffffffffffffffffff01"],
    ["a time beyond 2^53", { mtime: 1_600_000_000_123_456_789n }, "120f0a0161100030959aefffddf0959a16"],
    ["a link", { linkname: "bc" }, "12090a016110003a026263"],
    ["a device", { devmajor: 8, devminor: 300 }, "120a0a01611000400848ac02"],
    ["bytes that are not UTF-8", { path: "\xff\x80" }, "12060a02ff801000"],
    ["attributes", { xattrs: [["k", Buffer.from("v")]] }, "120d0a016110005206" + "0a016b120176"],
  ])("%s", (_, fields, expected) => {
    const [bytes] = encodeStats([entry(fields)]);
    expect(unframed(bytes!)[0]!.toString("hex")).toBe(expected);
  });
});

describe("properties", () => {
  const text = (maxLength: number) =>
    fc.uint8Array({ minLength: 1, maxLength }).map((bytes) => Buffer.from(bytes).toString("latin1"));
  const entries = fc.array(
    fc.record<StatEntry>({
      path: fc.oneof({ weight: 9, arbitrary: text(20) }, text(400)),
      mode: fc.integer({ min: 0, max: 0xffffffff }),
      size: fc.maxSafeNat(),
      mtime: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      linkname: fc.oneof(fc.constant(""), text(300)),
      devmajor: fc.nat(4095),
      devminor: fc.nat(0xfffff),
    }),
    { maxLength: 12 },
  );

  test("what is written is what is read, here and by a general decoder", () => {
    fc.assert(
      fc.property(entries, (list) => {
        const messages = encodeStats(list).flatMap(unframed);
        expect(messages.length).toBe(list.length);
        for (const [i, message] of messages.entries()) {
          const wanted = list[i]!;
          const { type, stat } = decodePacket(message);
          expect(type).toBe(0);
          const { path, linkname, ...numbers } = stat!;
          expect([path.toString("latin1"), linkname.toString("latin1")]).toEqual([
            wanted.path,
            wanted.linkname,
          ]);
          expect(numbers).toEqual({ mode: wanted.mode, size: wanted.size, modTime: wanted.mtime });
          const general = Packet.decode(message).stat!;
          const { mode, size, modTime, devmajor, devminor } = general;
          expect([mode, size, modTime, devmajor, devminor]).toEqual([
            wanted.mode,
            BigInt(wanted.size),
            wanted.mtime,
            BigInt(wanted.devmajor),
            BigInt(wanted.devminor),
          ]);
        }
      }),
    );
  });

  test("paths longer than a batch", () => {
    const paths = ["a", "b".repeat(100_000), "c", "d".repeat(65_400)];
    const written = encodeStats(paths.map((path) => entry({ path })));
    const read = written.flatMap(unframed).map((message) => decodePacket(message).stat!.path.toString());
    expect(read).toEqual(paths);
  });

  test("data packets", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer({ min: 0, max: 70_000 }), (id, length) => {
        const data = Buffer.alloc(length, 7);
        const [message] = unframed(dataPacket(id, data));
        const decoded = decodePacket(message!);
        expect([decoded.type, decoded.id, decoded.data.equals(data)]).toEqual([2, id, true]);
      }),
    );
  });

  test("bytes that are no packet end in an error, never in a hang or another exception", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          decodePacket(Buffer.from(bytes));
        } catch (error) {
          expect((error as Error).message).toBe("malformed packet");
        }
      }),
      { numRuns: 5000 },
    );
  });
});
