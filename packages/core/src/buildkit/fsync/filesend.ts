import { once } from "node:events";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { isTsbxError, type TsbxError } from "../../errors.ts";
import { bytesReader } from "../session/bytes-message.ts";
import { Code, GrpcError } from "../transport/status.ts";
import type { ServerCall, ServerHandler } from "../transport/stream.ts";
import { FileTarget } from "./file-target.ts";
import { type ReceiveOptions, receiveTree } from "./receiver.ts";

/** Where an exporter's result goes on this side. */
export type ExportTarget =
  | { kind: "directory"; dest: string; removeOthers?: boolean }
  /** Appears under its name when it is complete, and not at all when nothing came. See {@link FileTarget}. */
  | { kind: "file"; dest: string }
  /** Ended when the result is complete. */
  | { kind: "stream"; stream: Writable };

export interface FileSendOptions extends ReceiveOptions {
  /**
   * Learns why a tree cannot be put into its directory, before the daemon does: of that, the daemon tells no more
   * than that its stream has ended.
   */
  onFailure?: (error: TsbxError) => void;
}

/**
 * The service that takes what exporters produce (`moby.filesync.v1.FileSend`). One method carries two
 * protocols: a directory transfer for directories, plain bytes for everything else.
 * @param targets by the exporter's index in the solve request
 */
export function fileSendHandlers(
  targets: ReadonlyMap<number, ExportTarget>,
  options: FileSendOptions = {},
): ReadonlyMap<string, ServerHandler> {
  if (targets.size === 0) return new Map();
  const handler: ServerHandler = async (call) => {
    // Daemons before 0.13 know one exporter and do not name it.
    const id = Number(call.metadata.get("buildkit-attachable-exporter-id") ?? 0);
    const target = targets.get(id);
    if (!target) throw new GrpcError(Code.NOT_FOUND, `exporter ${id} not found`);
    if (target.kind === "directory") return receiveDirectory(call, target, options);
    if (target.kind === "file") return receiveFile(call, target.dest);
    return receiveStream(call, target.stream);
  };
  return new Map([["/moby.filesync.v1.FileSend/DiffCopy", handler]]);
}

async function receiveDirectory(
  call: ServerCall,
  { dest, removeOthers = false }: { dest: string; removeOthers?: boolean },
  { onFailure, ...options }: FileSendOptions,
): Promise<void> {
  // Without it each platform comes by itself, and the last one would remove the others.
  if (removeOthers && call.metadata.get("buildkit-exporter-multi-platform") !== "1") {
    throw new GrpcError(
      Code.FAILED_PRECONDITION,
      "mode=delete needs a newer BuildKit: this one sends platforms apart",
    );
  }
  try {
    await receiveTree(call, dest, { ...options, removeOthers });
  } catch (error) {
    if (isTsbxError(error)) onFailure?.(error);
    throw error;
  }
}

async function receiveFile(call: ServerCall, dest: string): Promise<void> {
  let target: FileTarget | undefined;
  try {
    for await (const batch of call.batches(bytesReader())) {
      target ??= await FileTarget.open(dest);
      for (const data of batch) await target.write(data);
    }
    await target?.complete();
  } catch (error) {
    await target?.abandon();
    throw error;
  }
}

async function receiveStream(call: ServerCall, stream: Writable): Promise<void> {
  for await (const batch of call.batches(bytesReader())) {
    let more = true;
    for (const data of batch) more = stream.write(data);
    if (!more) await once(stream, "drain", { signal: call.signal });
  }
  stream.end();
  // What we acknowledge must have arrived.
  await finished(stream, { signal: call.signal });
}
