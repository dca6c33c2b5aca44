import fc from "fast-check";
import { bytes, change, changed } from "../../../../../scripts/fuzz/bytes.ts";
import { PREFIX_LENGTH } from "../transport/framing.ts";
import { GoMode } from "./go-mode.ts";
import { dataHeaderLength, encodeError, encodeFin, type StatEntry, writeDataHeader } from "./packet.ts";
import { StatBatch } from "./stat-batch.ts";

/** Names that a destination may have already, in all kinds, and that come again. */
const name = fc.constantFrom(
  ...["a", "a-b", "b", "d", "e", "hard", "n", "new", "out", "s", "secret", "sub", "\xff", "a".repeat(255)],
);
const unsafe = fc.constantFrom(
  ...[
    "",
    ".",
    "..",
    "/",
    "\0",
    "a\0b",
    "d/..",
    "../outside/new",
    "/tmp/x",
    "d//x",
    "x".repeat(256),
    "x".repeat(4096),
  ],
);
const path = fc.oneof(
  { weight: 40, arbitrary: fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join("/")) },
  { weight: 1, arbitrary: unsafe },
  { weight: 1, arbitrary: fc.tuple(name, unsafe).map((names) => names.join("/")) },
);
const type = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0, 0, GoMode.DIR, GoMode.DIR, GoMode.SYMLINK) },
  { weight: 1, arbitrary: fc.constantFrom(GoMode.DEVICE, GoMode.NAMED_PIPE, GoMode.SOCKET, 0x40000000) },
);
const target = fc.oneof(
  { weight: 12, arbitrary: fc.constant("") },
  { weight: 4, arbitrary: fc.constantFrom("../outside", "../outside/secret", "/", "out/new", "a", "\0") },
  { weight: 1, arbitrary: path },
);

interface Entry {
  path: string;
  packet: Buffer;
  /** Whether it is a file that the receiver asks for. */
  isFile: boolean;
}

let encoded: Buffer = Buffer.alloc(0);
const BATCH = new StatBatch((framed) => {
  encoded = Buffer.from(framed.subarray(PREFIX_LENGTH));
});

type Stat = Pick<StatEntry, "path" | "mode" | "linkname" | "mtime" | "size">;

const entry: fc.Arbitrary<Entry> = fc
  .record({
    path,
    mode: fc.tuple(type, fc.constantFrom(0o644, 0o755, 0, 0o7777)).map(([kind, bits]) => kind + bits),
    linkname: target,
    mtime: fc.constantFrom(0n, -1n, 1_600_000_000_000_000_000n, 2n ** 63n - 1n, -(2n ** 63n)),
    size: fc.constantFrom(0, 3, 2 ** 40),
  })
  .map((stat) =>
    entryOf(stat.mode & GoMode.SYMLINK && !stat.linkname ? { ...stat, linkname: "../outside" } : stat),
  );

function entryOf(stat: Stat): Entry {
  BATCH.add({ ...stat, devmajor: 0, devminor: 0 });
  BATCH.flush();
  const isFile = (stat.mode & GoMode.TYPE) === 0 && stat.linkname === "";
  return { path: stat.path, packet: encoded, isFile };
}

/** Mostly in order and with the directories that lead to its entries, for what is not is refused at once. */
const listing = fc
  .tuple(fc.uniqueArray(entry, { maxLength: 8, selector: (each) => each.path }), fc.nat(19))
  .map(([entries, how]) => {
    const all = new Map(entries.map((each) => [each.path, each]));
    for (const { path } of how === 0 ? [] : entries) {
      for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) {
        const parent = path.slice(0, at);
        const stat = { path: parent, mode: GoMode.DIR + 0o755, linkname: "", mtime: 0n, size: 0 };
        if (!all.has(parent)) all.set(parent, entryOf(stat));
      }
    }
    const key = (each: Entry) => each.path.replaceAll("/", "\x01");
    const list = [...all.values()];
    return how === 1 ? list : list.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  });

function dataPacket(id: number, content: Uint8Array): Buffer {
  const header = Buffer.alloc(dataHeaderLength(id, content.length));
  writeDataHeader(header, 0, id, content.length);
  return Buffer.concat([header, content]).subarray(PREFIX_LENGTH);
}

const content = fc.oneof(
  { weight: 4, arbitrary: bytes(20) },
  { weight: 1, arbitrary: fc.constantFrom(Buffer.alloc(0), Buffer.alloc(300 * 1024)) },
);
const stranger = fc.oneof(
  entry.map((each) => each.packet),
  fc.tuple(fc.oneof(fc.nat(9), fc.constant(2 ** 32 - 1)), content).map(([id, data]) => dataPacket(id, data)),
  fc.constantFrom(encodeFin(), encodeError("no")).map((framed) => framed.subarray(PREFIX_LENGTH)),
  fc.constant(Buffer.alloc(0)),
  bytes(20),
);

/** What a sender sends: a listing, its end and the files' data; some of it changed, missing, or where it must not be. */
export const packetStreams: fc.Arbitrary<Buffer[]> = fc
  .record({
    listing,
    data: fc.array(content, { maxLength: 8 }),
    strangers: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.tuple(fc.nat(), stranger), { maxLength: 3 }) },
    ),
    changes: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.tuple(fc.nat(), change()), { maxLength: 3 }) },
    ),
    missing: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(20) }),
  })
  .map(({ listing: entries, data, strangers, changes, missing }) => {
    const files = entries.flatMap(({ isFile }, id) => (isFile ? [id] : []));
    const sent = files.flatMap((id, index) => {
      const chunk = data[index] ?? Buffer.from("x");
      return [...(chunk.length > 0 ? [dataPacket(id, chunk)] : []), dataPacket(id, Buffer.alloc(0))];
    });
    const packets = [...entries.map((each) => each.packet), Buffer.alloc(0), ...sent];
    packets.splice(packets.length - missing, missing);
    for (const [at, packet] of strangers) packets.splice(at % (packets.length + 1), 0, packet);
    for (const [at, each] of changes) {
      const index = at % Math.max(packets.length, 1);
      packets[index] = changed(packets[index] ?? Buffer.alloc(0), each);
    }
    return packets;
  });
