import { open } from "node:fs/promises";
import {
  ContentDefinition,
  type Info,
  ListContentResponse,
  ReadContentRequest,
  ReadContentResponse,
  WriteContentRequest,
  WriteContentResponse,
} from "../../../gen/content.ts";
import { timestampOf } from "../../control/timestamp.ts";
import { Code, GrpcError } from "../../transport/status.ts";
import type { ServerCall, ServerHandler } from "../../transport/stream.ts";
import { unary } from "../unary.ts";
import { Ingest } from "./ingest.ts";
import { type BlobInfo, ContentStore } from "./store.ts";

const PREFIX = "/containerd.services.content.v1.Content/";
const READ_CHUNK = 1024 * 1024;
const LIST_BLOCK = 100;

/**
 * The service that the daemon reads and writes local content through (containerd's Content API): OCI layouts
 * as build contexts, local caches, and images exported into a directory.
 * @param directories by store id: `oci:<name>`, `local:<path>`, `export`
 */
export function contentHandlers(
  directories: ReadonlyMap<string, string>,
): ReadonlyMap<string, ServerHandler> {
  const stores = new Map(
    [...directories].map(([id, directory]) => [id, new ContentStore(directory)] as const),
  );
  /** References that are being written, so that nobody else writes them too. */
  const locked = new Set<string>();
  const storeOf = (call: ServerCall): ContentStore => {
    const id = call.metadata.get("buildkit-attachable-store-id");
    if (id === undefined) throw new GrpcError(Code.INVALID_ARGUMENT, "no content store was named");
    const store = stores.get(id);
    if (!store) throw new GrpcError(Code.NOT_FOUND, `content store ${id} not found`);
    return store;
  };
  const { methods } = ContentDefinition;
  return new Map<string, ServerHandler>([
    [
      `${PREFIX}Info`,
      unary(methods.info, async ({ digest }, call) => ({ info: infoOf(await storeOf(call).info(digest)) })),
    ],
    [
      `${PREFIX}Update`,
      // Labels are of no use to a directory; what is there is what is answered.
      unary(methods.update, async ({ info }, call) => ({
        info: infoOf(await storeOf(call).info(info?.digest ?? "")),
      })),
    ],
    [
      `${PREFIX}Delete`,
      unary(methods.delete, async ({ digest }, call) => {
        await storeOf(call).delete(digest);
        return {};
      }),
    ],
    [
      `${PREFIX}Abort`,
      unary(methods.abort, async ({ ref }, call) => {
        await storeOf(call).abort(ref);
        return {};
      }),
    ],
    [
      `${PREFIX}Status`,
      unary(methods.status, async ({ ref }, call) => {
        const found = (await statuses(storeOf(call))).find((status) => status.ref === ref);
        if (!found) throw new GrpcError(Code.NOT_FOUND, `no ingest ${ref}`);
        return { status: found };
      }),
    ],
    [
      `${PREFIX}ListStatuses`,
      unary(methods.listStatuses, async (_request, call) => ({ statuses: await statuses(storeOf(call)) })),
    ],
    [`${PREFIX}List`, (call) => list(call, storeOf(call))],
    [`${PREFIX}Read`, (call) => read(call, storeOf(call))],
    [`${PREFIX}Write`, (call) => write(call, storeOf(call), locked)],
  ]);
}

async function list(call: ServerCall, store: ContentStore): Promise<void> {
  let block: Info[] = [];
  const flush = async () => {
    if (block.length > 0 && !call.send(ListContentResponse.encode({ info: block }).finish()))
      await call.drained();
    block = [];
  };
  for await (const blob of store.list()) {
    block.push(infoOf(blob));
    if (block.length === LIST_BLOCK) await flush();
  }
  await flush();
}

async function read(call: ServerCall, store: ContentStore): Promise<void> {
  for await (const message of call.messages()) {
    const request = ReadContentRequest.decode(message);
    const { size } = await store.info(request.digest);
    const start = Math.max(0, Number(request.offset));
    if (start > size) throw new GrpcError(Code.OUT_OF_RANGE, `offset ${start} is beyond ${size} bytes`);
    const length = request.size > 0n ? Math.min(Number(request.size), size - start) : size - start;
    const file = await open(store.blobPath(request.digest), "r");
    try {
      for (let done = 0; done < length; ) {
        const buffer = Buffer.allocUnsafeSlow(Math.min(READ_CHUNK, length - done));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, start + done);
        if (bytesRead === 0) throw new GrpcError(Code.DATA_LOSS, `${request.digest} was cut short`);
        const response = { offset: BigInt(done), data: buffer.subarray(0, bytesRead) };
        if (!call.send(ReadContentResponse.encode(response).finish())) await call.drained();
        done += bytesRead;
      }
    } finally {
      await file.close();
    }
    return;
  }
}

/** One answer per message: the daemon waits for each. */
async function write(call: ServerCall, store: ContentStore, locked: Set<string>): Promise<void> {
  let ingest: Ingest | undefined;
  let lock: string | undefined;
  try {
    for await (const message of call.messages()) {
      const request = WriteContentRequest.decode(message);
      if (!ingest) {
        if (request.ref === "") throw new GrpcError(Code.INVALID_ARGUMENT, "the first message names no ref");
        const path = store.ingestPath(request.ref);
        if (locked.has(path)) throw new GrpcError(Code.UNAVAILABLE, `ref ${request.ref} locked`);
        locked.add(path);
        lock = path;
        ingest = await Ingest.open(store, request.ref);
      }
      if (request.expected !== "" && (await store.has(request.expected))) {
        await ingest.close();
        await store.abort(ingest.ref);
        throw new GrpcError(Code.ALREADY_EXISTS, `content ${request.expected} already exists`);
      }
      const { offset, digest, total, started } = await ingest.apply(request);
      const response = {
        action: request.action,
        offset: BigInt(offset),
        digest,
        total: BigInt(total),
        startedAt: timestampOf(started),
        updatedAt: timestampOf(new Date()),
      };
      call.send(WriteContentResponse.encode(response).finish());
    }
  } finally {
    await ingest?.close();
    if (lock !== undefined) locked.delete(lock);
  }
}

async function statuses(store: ContentStore) {
  return (await store.ingests()).map(({ ref, size, updated }) => ({
    ref,
    offset: BigInt(size),
    total: 0n,
    expected: "",
    startedAt: timestampOf(updated),
    updatedAt: timestampOf(updated),
  }));
}

function infoOf({ digest, size, modified }: BlobInfo): Info {
  return {
    digest,
    size: BigInt(size),
    createdAt: timestampOf(modified),
    updatedAt: timestampOf(modified),
    labels: {},
  };
}
