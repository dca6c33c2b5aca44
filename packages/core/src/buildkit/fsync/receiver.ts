import * as fs from "node:fs";
import { TsbxError } from "../../errors.ts";
import { Code, GrpcError } from "../transport/status.ts";
import type { MessageStream } from "../transport/stream.ts";
import { textOf } from "./byte-name.ts";
import { Destination } from "./destination.ts";
import { GoMode, posixPermissions } from "./go-mode.ts";
import {
  encodeFin,
  encodeRequest,
  PacketType,
  packetReader,
  type ReceivedPacket,
  type ReceivedStat,
} from "./packet.ts";
import {
  type EntryAttributes,
  IncomingFile,
  placeDirectory,
  placeFile,
  placeHardLink,
  placeSymlink,
  secondsOf,
} from "./received-entry.ts";
import { ReceivedOrder } from "./received-order.ts";
import { writeFailure } from "./write-failure.ts";

/** A file up to this size is written at once when it is complete. */
const SMALL_FILE = 256 * 1024;
/** What all unfinished small files may hold together. */
const MAX_GATHERED = 32 * 1024 * 1024;
/** Requests that go out in one write. */
const REQUEST_BATCH = 256;

export interface ReceiveOptions {
  /** Learns of entries that cannot be made here, such as devices. */
  onWarning?: (text: string) => void;
  /** Removes what is in the directory and not in the tree, once the tree is complete. */
  removeOthers?: boolean;
}

/** A regular file that was asked for. */
interface PendingFile extends EntryAttributes {
  /** What is in memory of it, and how many bytes that is. */
  parts: Buffer[];
  length: number;
  incoming?: IncomingFile;
}

/**
 * The receiver's side of a directory transfer (fsutil's DiffCopy): puts the sender's tree into `directory`.
 * What is there and not in the tree stays, unless it is to be removed. Several transfers may fill one directory at
 * the same time, if none of them removes.
 * @throws TsbxError `UNSAFE_PATH` when the sender tries to leave the directory.
 */
export async function receiveTree(
  stream: MessageStream,
  directory: string,
  options: ReceiveOptions = {},
): Promise<void> {
  const dest = openDestination(directory);
  const transfer = new Transfer(stream, dest, options);
  try {
    await transfer.run();
  } catch (error) {
    throw writeFailure(transfer.current, error);
  } finally {
    await transfer.abandon();
    dest.close();
  }
}

function openDestination(directory: string): Destination {
  try {
    return new Destination(directory);
  } catch (error) {
    throw writeFailure(Buffer.from(directory).toString("latin1"), error);
  }
}

class Transfer {
  /** The entry that is being written. */
  current = "";
  readonly #stream: MessageStream;
  readonly #dest: Destination;
  readonly #options: ReceiveOptions;
  readonly #order = new ReceivedOrder();
  readonly #pending = new Map<number, PendingFile>();
  /** What a hard link may refer to. */
  readonly #files = new Set<string>();
  /** All entries, where the others are to be removed. */
  readonly #received: Set<string> | undefined;
  readonly #directories: EntryAttributes[] = [];
  readonly #links: Array<{ path: string; linkname: string }> = [];
  #requests: number[] = [];
  #nextId = 0;
  #gathered = 0;
  #listed = false;
  #finished = false;

  constructor(stream: MessageStream, dest: Destination, options: ReceiveOptions) {
    this.#stream = stream;
    this.#dest = dest;
    this.#options = options;
    if (options.removeOthers) this.#received = new Set();
  }

  async run(): Promise<void> {
    for await (const packets of this.#stream.batches(packetReader())) {
      for (const packet of packets) {
        const writing = this.#packet(packet);
        if (writing) await writing;
      }
      if (this.#requests.length >= REQUEST_BATCH || this.#listed) this.#request();
      if (this.#listed && this.#pending.size === 0 && !this.#finished) this.#finish();
    }
    if (!this.#finished) throw new GrpcError(Code.INTERNAL, "the transfer ended before it was complete");
  }

  /** Only data is waited for: an entry of a listing is not worth a turn of its own. */
  #packet({ type, stat, id, data }: ReceivedPacket): Promise<void> | undefined {
    if (type === PacketType.DATA) return this.#data(id, data);
    if (type === PacketType.ERR) {
      throw new TsbxError("EXPORT_FAILED", `the daemon failed to send: ${data.toString("utf8")}`);
    }
    if (type === PacketType.STAT) {
      if (stat) this.#entry(stat);
      else this.#listed = true;
    }
    return undefined;
  }

  /** Removes what is not complete. */
  async abandon(): Promise<void> {
    await Promise.allSettled(Array.from(this.#pending.values(), (file) => file.incoming?.abandon()));
  }

  #entry(stat: ReceivedStat): void {
    if (this.#listed) {
      throw new GrpcError(Code.INVALID_ARGUMENT, "the daemon sent an entry after the end of the listing");
    }
    const id = this.#nextId++;
    const path = stat.path.toString("latin1");
    const { mode } = stat;
    const isDirectory = (mode & GoMode.DIR) !== 0;
    this.#order.check(path, isDirectory);
    this.current = path;
    this.#received?.add(path);
    const entry = { path, mode, mtime: secondsOf(stat.modTime) };
    if (isDirectory) {
      placeDirectory(this.#dest, path);
      this.#directories.push(entry);
    } else if (mode & GoMode.SYMLINK) {
      placeSymlink(this.#dest, entry, stat.linkname);
    } else if ((mode & GoMode.TYPE) !== 0) {
      this.#options.onWarning?.(`${stat.path.toString("utf8")} is a device or a pipe: not exported`);
    } else if (stat.linkname.length > 0) {
      const linkname = stat.linkname.toString("latin1");
      if (!this.#files.has(linkname)) {
        throw new TsbxError(
          "UNSAFE_PATH",
          `the daemon sent ${JSON.stringify(textOf(path))}: link to unknown path ${JSON.stringify(textOf(linkname))}`,
        );
      }
      // The target's content has not arrived yet.
      this.#links.push({ path, linkname });
    } else {
      this.#files.add(path);
      this.#pending.set(id, { ...entry, parts: [], length: 0 });
      this.#requests.push(id);
    }
  }

  async #data(id: number, data: Buffer): Promise<void> {
    const file = this.#pending.get(id);
    if (!file) throw new GrpcError(Code.INVALID_ARGUMENT, `data for file ${id}, which was not asked for`);
    this.current = file.path;
    if (data.length === 0) {
      if (file.incoming) await file.incoming.complete(file);
      else placeFile(this.#dest, file, file.parts);
      this.#gathered -= file.length;
      this.#pending.delete(id);
      return;
    }
    if (file.incoming) return file.incoming.write(data);
    file.parts.push(data);
    file.length += data.length;
    this.#gathered += data.length;
    if (file.length > SMALL_FILE || this.#gathered > MAX_GATHERED) {
      file.incoming = await IncomingFile.create(this.#dest, file.path);
      this.#gathered -= file.length;
      file.length = 0;
      for (const part of file.parts.splice(0)) await file.incoming.write(part);
    }
  }

  #request(): void {
    if (this.#requests.length === 0) return;
    this.#stream.sendFramed(Buffer.concat(this.#requests.map(encodeRequest)));
    this.#requests = [];
  }

  #finish(): void {
    this.#finished = true;
    for (const { path, linkname } of this.#links) {
      this.current = path;
      placeHardLink(this.#dest, path, linkname);
    }
    if (this.#received) this.#dest.removeOthers(this.#received);
    // Last, and from the bottom: what is put into a directory changes its time, and may need its permission.
    for (const { path, mode, mtime } of this.#directories.reverse()) {
      this.current = path;
      this.#dest.withDirectory(path, (fd) => {
        fs.fchmodSync(fd, posixPermissions(mode));
        fs.futimesSync(fd, mtime, mtime);
      });
    }
    this.#stream.sendFramed(encodeFin());
  }
}
