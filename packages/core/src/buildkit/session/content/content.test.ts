import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  InfoRequest,
  InfoResponse,
  ListContentRequest,
  ListContentResponse,
  ListStatusesRequest,
  ListStatusesResponse,
  ReadContentRequest,
  ReadContentResponse,
  WriteAction,
  WriteContentRequest,
  WriteContentResponse,
} from "../../../gen/content.ts";
import { memoryStreamPair } from "../../transport/memory-stream.ts";
import { Metadata } from "../../transport/metadata.ts";
import type { ServerHandler } from "../../transport/stream.ts";
import { servedCall } from "../served-call.test.support.ts";
import { contentHandlers } from "./handlers.ts";

const PREFIX = "/containerd.services.content.v1.Content/";
const STORE = { "buildkit-attachable-store-id": "export" };
const digestOf = (data: string | Buffer) => `sha256:${createHash("sha256").update(data).digest("hex")}`;

let base: string;
let directory: string;
let handlers: ReadonlyMap<string, ServerHandler>;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "tsbx-content-"));
  directory = join(base, "layout");
  mkdirSync(directory);
  handlers = contentHandlers(new Map([["export", directory]]));
});

afterEach(() => {
  const siblings = readdirSync(base);
  rmSync(base, { recursive: true, force: true });
  expect(siblings).toEqual(["layout"]);
});

function put(data: string | Buffer): string {
  const digest = digestOf(data);
  mkdirSync(join(directory, "blobs/sha256"), { recursive: true });
  writeFileSync(join(directory, "blobs/sha256", digest.slice(7)), data);
  return digest;
}

const blob = (digest: string) => readFileSync(join(directory, "blobs/sha256", digest.slice(7)));
const ingests = () => readdirSync(join(directory, "ingest"));

type WriteFields = Parameters<typeof WriteContentRequest.fromPartial>[0];
const encodeWrite = (fields: WriteFields) =>
  WriteContentRequest.encode(WriteContentRequest.fromPartial(fields)).finish();

async function write(...requests: WriteFields[]): Promise<WriteContentResponse[]> {
  const answers = await servedCall(handlers, `${PREFIX}Write`, requests.map(encodeWrite), STORE);
  return answers.map((answer) => WriteContentResponse.decode(answer));
}

describe("writing", () => {
  const first = Buffer.from("first ");
  const second = Buffer.from("second");
  const whole = Buffer.concat([first, second]);

  test("the status, the parts, and the commit", async () => {
    const total = BigInt(whole.length);
    const answers = await write(
      { action: WriteAction.STAT, ref: "a", total, expected: digestOf(whole) },
      { action: WriteAction.WRITE, ref: "a", offset: 0n, data: first },
      { action: WriteAction.WRITE, offset: 6n, data: second },
      { action: WriteAction.COMMIT, ref: "a", offset: 12n, total, expected: digestOf(whole) },
    );
    expect(answers.map(({ action, offset }) => [action, offset])).toEqual([
      [WriteAction.STAT, 0n],
      [WriteAction.WRITE, 6n],
      [WriteAction.WRITE, 12n],
      [WriteAction.COMMIT, 12n],
    ]);
    expect(answers[1]!.digest).toBe(digestOf(first));
    expect(answers[3]!.digest).toBe(digestOf(whole));
    expect(blob(digestOf(whole))).toEqual(whole);
    expect(statSync(join(directory, "blobs/sha256", digestOf(whole).slice(7))).mode & 0o777).toBe(0o444);
    expect(ingests()).toEqual([]);
  });

  test("a commit may bring the last data, or be all there is", async () => {
    await write({ action: WriteAction.COMMIT, ref: "a", data: first });
    expect(blob(digestOf(first))).toEqual(first);
    await write({ action: WriteAction.COMMIT, ref: "a" });
    expect(blob(digestOf("")).length).toBe(0);
  });

  test("what was left unfinished is taken up again, and can be started over", async () => {
    await write({ action: WriteAction.WRITE, ref: "a", data: first });
    const [status] = await write({ action: WriteAction.STAT, ref: "a" });
    expect([status!.offset, status!.digest]).toEqual([6n, digestOf(first)]);
    const [list] = await servedCall(
      handlers,
      `${PREFIX}ListStatuses`,
      [ListStatusesRequest.encode({ filters: [] }).finish()],
      STORE,
    );
    expect(ListStatusesResponse.decode(list!).statuses).toMatchObject([{ ref: "a", offset: 6n }]);
    await write({ action: WriteAction.COMMIT, ref: "a", offset: 6n, data: second });
    expect(blob(digestOf(whole))).toEqual(whole);

    await write({ action: WriteAction.WRITE, ref: "b", data: Buffer.from("something else") });
    await write({
      action: WriteAction.COMMIT,
      ref: "b",
      offset: 0n,
      data: second,
      expected: digestOf(second),
    });
    expect(blob(digestOf(second))).toEqual(second);
  });

  test("content that is there already", async () => {
    const digest = put(whole);
    await expect(write({ action: WriteAction.STAT, ref: "a", expected: digest })).rejects.toMatchObject({
      code: 6,
    });
    expect(ingests()).toEqual([]);
  });

  test.each([3n, 7n, -1n, 2n ** 62n])("a gap or an overlap: offset %s", async (offset) => {
    const writing = write(
      { action: WriteAction.WRITE, ref: "a", data: first },
      { action: WriteAction.WRITE, ref: "a", offset, data: second },
    );
    await expect(writing).rejects.toMatchObject({ code: 11 });
  });

  test.each<[string, WriteFields]>([
    ["another digest", { expected: digestOf("other") }],
    ["another size", { total: 7n }],
  ])("a commit that expects %s publishes nothing", async (_, expected) => {
    const commit = write({ action: WriteAction.COMMIT, ref: "a", data: first, ...expected });
    await expect(commit).rejects.toMatchObject({ code: 9 });
    expect(readdirSync(directory)).toEqual(["ingest"]);
  });

  test("a reference that is being written is locked; afterwards it is free", async () => {
    const { client, server } = memoryStreamPair(Metadata.of(Object.entries(STORE)), `${PREFIX}Write`);
    const writing = handlers.get(`${PREFIX}Write`)!(server).finally(() => server.end());
    client.send(encodeWrite({ action: WriteAction.WRITE, ref: "a", data: first }));
    const answers = client.messages()[Symbol.asyncIterator]();
    await answers.next();
    await expect(write({ action: WriteAction.STAT, ref: "a" })).rejects.toMatchObject({
      code: 14,
      message: "ref a locked",
    });
    await write({ action: WriteAction.COMMIT, ref: "b", data: second });
    client.end();
    await writing;
    await write({ action: WriteAction.COMMIT, ref: "a", offset: 6n, data: second });
    expect(blob(digestOf(whole))).toEqual(whole);
  });

  test("a first message without a reference", async () => {
    await expect(write({ action: WriteAction.STAT })).rejects.toMatchObject({ code: 3 });
  });

  test("a reference is a name, not a path", async () => {
    await write({ action: WriteAction.WRITE, ref: "../../evil", data: first });
    expect(ingests().length).toBe(1);
    expect(ingests()[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  test("an ingest that lost its parts does not hide the others", async () => {
    await write({ action: WriteAction.WRITE, ref: "a", data: first });
    mkdirSync(join(directory, "ingest/stray"));
    const request = ListStatusesRequest.encode({ filters: [] }).finish();
    const [list] = await servedCall(handlers, `${PREFIX}ListStatuses`, [request], STORE);
    expect(ListStatusesResponse.decode(list!).statuses.map(({ ref }) => ref)).toEqual(["a"]);
  });
});

const HOSTILE = [
  "",
  "sha256:",
  "sha256:../../../etc/passwd",
  `sha256:${"a".repeat(63)}`,
  `sha256:${"a".repeat(65)}`,
  `sha256:${"A".repeat(64)}`,
  `sha512:${"a".repeat(64)}`,
  `md5:${"a".repeat(32)}`,
  `../sha256:${"a".repeat(64)}`,
  `sha256:${"a".repeat(62)}/x`,
  `sha256:${"a".repeat(64)}\n`,
  `constructor:${"a".repeat(64)}`,
];

describe.each(HOSTILE)("the digest %j", (digest) => {
  test.each(["Info", "Read", "Delete", "Update"])("is refused by %s", async (method) => {
    const request = method === "Update" ? Buffer.from([]) : InfoRequest.encode({ digest }).finish();
    await expect(servedCall(handlers, PREFIX + method, [request], STORE)).rejects.toMatchObject({ code: 3 });
  });
});

// Without one, a write expects nothing.
test.each(HOSTILE.filter((digest) => digest !== ""))(
  "%j is refused as what a write expects",
  async (digest) => {
    const writing = write({ action: WriteAction.STAT, ref: "a", expected: digest });
    await expect(writing).rejects.toMatchObject({ code: 3 });
  },
);

describe("reading", () => {
  const data = Buffer.alloc(2_500_000, "content ");

  async function read(offset: bigint, size: bigint, digest = digestOf(data)): Promise<Buffer> {
    const request = ReadContentRequest.encode({ digest, offset, size }).finish();
    const answers = await servedCall(handlers, `${PREFIX}Read`, [request], STORE);
    return Buffer.concat(answers.map((answer) => Buffer.from(ReadContentResponse.decode(answer).data)));
  }

  test.each<[bigint, bigint, number, number]>([
    [0n, 0n, 0, 2_500_000],
    [10n, 0n, 10, 2_500_000],
    [10n, 20n, 10, 30],
    [2_499_999n, 100n, 2_499_999, 2_500_000],
    [2_500_000n, 0n, 0, 0],
    [-5n, 3n, 0, 3],
    [0n, -1n, 0, 2_500_000],
  ])("from %s, %s bytes", async (offset, size, start, end) => {
    put(data);
    expect((await read(offset, size)).equals(data.subarray(start, end))).toBe(true);
  });

  test("beyond the end, and what is not there", async () => {
    put(data);
    await expect(read(2_500_001n, 0n)).rejects.toMatchObject({ code: 11 });
    await expect(read(0n, 0n, digestOf("other"))).rejects.toMatchObject({ code: 5 });
  });

  test("information, lists and deletion", async () => {
    const digests = Array.from({ length: 250 }, (_, i) => put(`${i}`));
    writeFileSync(join(directory, "blobs/sha256/not-a-digest"), "");
    const info = async () => {
      const [answer] = await servedCall(
        handlers,
        `${PREFIX}Info`,
        [InfoRequest.encode({ digest: digests[9]! }).finish()],
        STORE,
      );
      return InfoResponse.decode(answer!).info;
    };
    expect(await info()).toMatchObject({ digest: digests[9], size: 1n });
    const blocks = await servedCall(
      handlers,
      `${PREFIX}List`,
      [ListContentRequest.encode({ filters: [] }).finish()],
      STORE,
    );
    const listed = blocks.flatMap((block) =>
      ListContentResponse.decode(block).info.map(({ digest }) => digest),
    );
    expect(listed.sort()).toEqual(digests.sort());
    await servedCall(
      handlers,
      `${PREFIX}Delete`,
      [InfoRequest.encode({ digest: digests[9]! }).finish()],
      STORE,
    );
    await expect(info()).rejects.toMatchObject({ code: 5 });
  });

  test("a store that was not offered, or not named", async () => {
    const request = InfoRequest.encode({ digest: put(data) }).finish();
    const info = (metadata: Record<string, string>) =>
      servedCall(handlers, `${PREFIX}Info`, [request], metadata);
    await expect(info({})).rejects.toMatchObject({ code: 3 });
    await expect(info({ "buildkit-attachable-store-id": "other" })).rejects.toMatchObject({ code: 5 });
  });
});
