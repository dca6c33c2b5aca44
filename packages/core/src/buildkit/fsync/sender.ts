import { setImmediate } from "node:timers/promises";
import { MessageReader } from "../transport/framing.ts";
import { Code, GrpcError } from "../transport/status.ts";
import type { MessageStream } from "../transport/stream.ts";
import { FileServer } from "./file-server.ts";
import { GoMode } from "./go-mode.ts";
import { type LocalSource, treeOf } from "./local-source.ts";
import { decodePacket, encodeEndOfListing, encodeError, encodeFin, PacketType } from "./packet.ts";
import { SentTree } from "./sent-tree.ts";
import { StatBatch } from "./stat-batch.ts";
import type { TreeFilter, XattrReader } from "./walk.ts";

/** The event loop has to answer the daemon's pings and health checks meanwhile. */
const SLICE_MS = 5;
const ENTRIES_PER_CHECK = 64;

export interface SendOptions {
  /** Learns of files that vanished or shrank between being listed and being read. */
  onWarning?: (text: string) => void;
  readXattrs?: XattrReader;
  /** Counts what is sent, while it is. */
  sent?: SentTree;
}

/**
 * The sender's side of a directory transfer (fsutil's DiffCopy): lists the tree, and serves the files that
 * the receiver asks for while the listing still goes on.
 * @returns what it amounted to
 */
export async function sendTree(
  stream: MessageStream,
  source: LocalSource,
  filter: TreeFilter,
  options: SendOptions = {},
): Promise<SentTree> {
  const tree = treeOf(source, options.readXattrs);
  const { sent = new SentTree() } = options;
  const server = new FileServer(stream, tree, options.onWarning, sent);

  const list = async () => {
    const batch = new StatBatch((bytes) => stream.sendFramed(bytes));
    let visited = 0;
    let sliceEnd = performance.now() + SLICE_MS;
    for (const entry of tree.entries(filter)) {
      if (entry) {
        sent.entries++;
        const isFile = (entry.mode & GoMode.TYPE) === 0 && entry.linkname === "";
        server.listed(isFile ? entry : undefined);
        batch.add(entry);
      }
      if (++visited % ENTRIES_PER_CHECK === 0 && performance.now() > sliceEnd) {
        batch.flush();
        await setImmediate();
        await stream.drained();
        if (server.ended) return;
        sliceEnd = performance.now() + SLICE_MS;
      }
    }
    batch.flush();
    stream.sendFramed(encodeEndOfListing());
  };

  const listen = async () => {
    for await (const messages of stream.batches(new MessageReader())) {
      for (const message of messages) {
        const packet = decodePacket(message);
        if (packet.type === PacketType.REQ) server.request(packet.id);
        else if (packet.type === PacketType.FIN) return;
        else if (packet.type === PacketType.ERR) {
          throw new GrpcError(Code.ABORTED, `the receiver failed: ${packet.data.toString("utf8")}`);
        }
      }
    }
    throw new GrpcError(Code.CANCELLED, "the transfer was cancelled");
  };

  try {
    await Promise.all([list(), server.run(), listen().finally(() => server.end())]);
  } catch (error) {
    server.abandon();
    stream.sendFramed(encodeError(error instanceof Error ? error.message : String(error)));
    throw error;
  }
  stream.sendFramed(encodeFin());
  return sent;
}
