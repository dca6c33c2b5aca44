import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Code, GrpcError } from "../../transport/status.ts";

const DIGEST = /^(sha256|sha384|sha512):([a-f0-9]+)$/;
const HEX_LENGTH: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

export interface BlobInfo {
  digest: string;
  size: number;
  modified: Date;
}

/** Content by digest in an OCI layout directory, in the layout that containerd's local store has too. */
export class ContentStore {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * Where a blob is. The digest comes from the daemon and becomes part of a path, so its form is checked.
   * @throws GrpcError INVALID_ARGUMENT
   */
  blobPath(digest: string): string {
    const [, algorithm = "", hex = ""] = DIGEST.exec(digest) ?? [];
    if (hex.length !== HEX_LENGTH[algorithm]) {
      throw new GrpcError(Code.INVALID_ARGUMENT, `invalid digest "${digest}"`);
    }
    return join(this.directory, "blobs", algorithm, hex);
  }

  /** @throws GrpcError NOT_FOUND */
  async info(digest: string): Promise<BlobInfo> {
    const found = await stat(this.blobPath(digest)).catch(ignoreMissing);
    if (!found?.isFile()) throw new GrpcError(Code.NOT_FOUND, `content ${digest}: not found`);
    return { digest, size: found.size, modified: found.mtime };
  }

  async has(digest: string): Promise<boolean> {
    return (await stat(this.blobPath(digest)).catch(ignoreMissing)) !== undefined;
  }

  async *list(): AsyncGenerator<BlobInfo, void, void> {
    for (const algorithm of Object.keys(HEX_LENGTH)) {
      const names = await readdir(join(this.directory, "blobs", algorithm)).catch(ignoreMissing);
      for (const name of names ?? []) {
        const digest = `${algorithm}:${name}`;
        if (DIGEST.test(digest) && name.length === HEX_LENGTH[algorithm]) yield this.info(digest);
      }
    }
  }

  async delete(digest: string): Promise<void> {
    await this.info(digest);
    await rm(this.blobPath(digest));
  }

  /** Where content under a name chosen by the daemon gathers until it is complete. */
  ingestPath(ref: string): string {
    return join(this.directory, "ingest", createHash("sha256").update(ref).digest("hex"));
  }

  async openIngest(ref: string): Promise<{ path: string; size: number; started: Date }> {
    const path = this.ingestPath(ref);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, "ref"), ref);
    const file = await open(join(path, "data"), "a");
    try {
      const { size, birthtime } = await file.stat();
      return { path, size, started: birthtime };
    } finally {
      await file.close();
    }
  }

  async ingests(): Promise<Array<{ ref: string; size: number; updated: Date }>> {
    const directory = join(this.directory, "ingest");
    const names = (await readdir(directory).catch(ignoreMissing)) ?? [];
    const found = await Promise.all(
      names.map(async (name) => {
        const ref = await readFile(join(directory, name, "ref"), "utf8").catch(ignoreMissing);
        const data = await stat(join(directory, name, "data")).catch(ignoreMissing);
        return ref !== undefined && data ? [{ ref, size: data.size, updated: data.mtime }] : [];
      }),
    );
    return found.flat();
  }

  async abort(ref: string): Promise<void> {
    await rm(this.ingestPath(ref), { recursive: true, force: true });
  }

  /** Makes a complete ingest the blob of its digest. */
  async publish(ref: string, digest: string): Promise<void> {
    const target = this.blobPath(digest);
    await mkdir(join(target, ".."), { recursive: true });
    const path = this.ingestPath(ref);
    const file = await open(join(path, "data"), "r");
    try {
      await file.chmod(0o444);
    } finally {
      await file.close();
    }
    await rename(join(path, "data"), target);
    await this.abort(ref);
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
  return undefined;
}
