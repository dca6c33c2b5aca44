import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { constants } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { bytesMessageData } from "../session/bytes-message.ts";
import { Code, GrpcError } from "../transport/status.ts";
import type { ServerCall, ServerHandler } from "../transport/stream.ts";
import { OverlappedWriter } from "./overlapped-writer.ts";
import { type ReceiveOptions, receiveTree } from "./receiver.ts";

/** Where an exporter's result goes on this side. */
export type ExportTarget =
  | { kind: "directory"; dest: string }
  /** Appears under its name when it is complete, and not at all when nothing came. */
  | { kind: "file"; dest: string }
  /** Ended when the result is complete. */
  | { kind: "stream"; stream: Writable };

/**
 * The service that takes what exporters produce (`moby.filesync.v1.FileSend`). One method carries two
 * protocols: a directory transfer for directories, plain bytes for everything else.
 * @param targets by the exporter's index in the solve request
 */
export function fileSendHandlers(
  targets: ReadonlyMap<number, ExportTarget>,
  options: ReceiveOptions = {},
): ReadonlyMap<string, ServerHandler> {
  if (targets.size === 0) return new Map();
  const handler: ServerHandler = async (call) => {
    // Daemons before 0.13 know one exporter and do not name it.
    const id = Number(call.metadata.get("buildkit-attachable-exporter-id") ?? 0);
    const target = targets.get(id);
    if (!target) throw new GrpcError(Code.NOT_FOUND, `exporter ${id} not found`);
    if (target.kind === "directory") return receiveTree(call, target.dest, options);
    if (target.kind === "file") return receiveFile(call, target.dest);
    return receiveStream(call, target.stream);
  };
  return new Map([["/moby.filesync.v1.FileSend/DiffCopy", handler]]);
}

async function receiveFile(call: ServerCall, dest: string): Promise<void> {
  const temporary = join(
    dirname(dest),
    `.${basename(dest).slice(0, 100)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  let writer: OverlappedWriter | undefined;
  try {
    for await (const message of call.messages()) {
      if (!writer) {
        await mkdir(dirname(dest), { recursive: true });
        const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
        writer = await OverlappedWriter.create(temporary, flags, 0o666);
      }
      await writer.write(bytesMessageData(message));
    }
    await writer?.finish();
    await writer?.close();
    if (writer) await rename(temporary, dest);
  } catch (error) {
    await writer?.close();
    if (writer) await rm(temporary, { force: true });
    throw error;
  }
}

async function receiveStream(call: ServerCall, stream: Writable): Promise<void> {
  for await (const message of call.messages()) {
    if (!stream.write(bytesMessageData(message))) await once(stream, "drain", { signal: call.signal });
  }
  stream.end();
  // What we acknowledge must have arrived.
  await finished(stream, { signal: call.signal });
}
