import type { SentTree } from "../fsync/sent-tree.ts";
import { Code, GrpcError } from "../transport/status.ts";
import type { ServerHandler } from "../transport/stream.ts";
import { bytesMessageHeader } from "./bytes-message.ts";

/** Below the 4 MiB that the oldest daemons take as one message. */
const CHUNK = 1024 * 1024;

/**
 * The service that a build context on a stream is pulled from (`moby.upload.v1.Upload`): the daemon asks for
 * `http://buildkit-session/<id>`, once.
 * @param sentOf what counts a stream, as one file
 */
export function uploadHandlers(
  streams: ReadonlyMap<string, AsyncIterable<Uint8Array>>,
  sentOf?: (id: string) => Pick<SentTree, "entries" | "files" | "bytes">,
): ReadonlyMap<string, ServerHandler> {
  const left = new Map(streams);
  const handler: ServerHandler = async (call) => {
    const id = (call.metadata.get("urlpath") ?? "").split("/").at(-1) ?? "";
    const stream = left.get(id);
    if (!stream) throw new GrpcError(Code.NOT_FOUND, `no http response from session for ${id}`);
    left.delete(id);
    const sent = sentOf?.(id) ?? { entries: 0, files: 0, bytes: 0 };
    sent.entries++;
    sent.files++;
    for await (const chunk of stream) {
      for (let at = 0; at < chunk.length; at += CHUNK) {
        const data = chunk.subarray(at, at + CHUNK);
        sent.bytes += data.length;
        if (!call.send(bytesMessageHeader(data.length), data)) await call.drained();
      }
    }
  };
  return new Map([["/moby.upload.v1.Upload/Pull", handler]]);
}
