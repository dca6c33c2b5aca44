import type { Metadata } from "../transport/metadata.ts";
import { Code, GrpcError } from "../transport/status.ts";
import type { ServerHandler } from "../transport/stream.ts";
import { textOf } from "./byte-name.ts";
import type { LocalSource } from "./local-source.ts";
import { type SendOptions, sendTree } from "./sender.ts";
import type { SentTree } from "./sent-tree.ts";

export type { LocalSource } from "./local-source.ts";

export interface FileSyncOptions extends Omit<SendOptions, "sent"> {
  /** Where what is sent of a mount is counted. One mount may be asked for several times. */
  sentOf?: (mount: string) => SentTree;
}

/**
 * The service that the daemon takes local directories from (`moby.filesync.v1.FileSync`). Only what is
 * listed here can be asked for.
 * @param sources by mount name: `context`, `dockerfile`, or that of a named context
 */
export function fileSyncHandlers(
  sources: ReadonlyMap<string, LocalSource>,
  { sentOf, ...options }: FileSyncOptions = {},
): ReadonlyMap<string, ServerHandler> {
  const handler: ServerHandler = async (call) => {
    const name = call.metadata.get("dir-name") ?? "";
    const source = sources.get(name);
    if (!source) throw new GrpcError(Code.NOT_FOUND, `no access allowed to dir "${name}"`);
    const filter = {
      include: values(call.metadata, "include-patterns"),
      exclude: values(call.metadata, "exclude-patterns"),
      follow: values(call.metadata, "followpaths"),
    };
    await sendTree(call, source, filter, { ...options, ...(sentOf && { sent: sentOf(name) }) });
  };
  return new Map([["/moby.filesync.v1.FileSync/DiffCopy", handler]]);
}

/** Since 0.12 a daemon escapes all values of a key when one of them is not ASCII, and says so: byte by byte. */
function values(metadata: Metadata, key: string): string[] {
  const raw = metadata.getAll(key);
  if (metadata.get(`${key}-encoded`) !== "1") return [...raw];
  return raw.map((value) => {
    const bytes = value
      .replaceAll("+", " ")
      .replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    return textOf(bytes);
  });
}
