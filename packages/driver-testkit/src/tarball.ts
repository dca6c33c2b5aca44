import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const BLOCK = 512;

/** A descriptor as OCI's image specification has it. */
export interface Descriptor {
  digest: string;
  annotations?: Readonly<Record<string, string>>;
}

/** An OCI index, or a manifest. */
export interface Manifest {
  manifests?: readonly Descriptor[];
  config?: Descriptor;
}

/** An image tarball (POSIX ustar, as BuildKit writes them), read whole: for small images. */
export class Tarball {
  readonly #files: ReadonlyMap<string, Buffer>;

  private constructor(files: ReadonlyMap<string, Buffer>) {
    this.#files = files;
  }

  static async read(path: string): Promise<Tarball> {
    const tar = await readFile(path);
    const files = new Map<string, Buffer>();
    for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
      const name = text(tar, at, 100);
      const size = Number.parseInt(text(tar, at + 124, 12), 8);
      assert.equal(text(tar, at + 257, 5), "ustar", `${path} is no tarball`);
      files.set(name, tar.subarray(at + BLOCK, at + BLOCK + size));
      at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    }
    return new Tarball(files);
  }

  has(name: string): boolean {
    return this.#files.has(name);
  }

  file(name: string): Buffer {
    const content = this.#files.get(name);
    assert.ok(content, `the tarball has no ${name}, but ${[...this.#files.keys()].join(", ")}`);
    return content;
  }

  /** The blob of a descriptor, as JSON. */
  blob(descriptor: Descriptor): Manifest & Readonly<Record<string, unknown>> {
    return JSON.parse(this.file(`blobs/${descriptor.digest.replace(":", "/")}`).toString());
  }

  /** The index or manifest of the only image in an OCI tarball. */
  image(): Manifest {
    const { manifests = [] }: Manifest = JSON.parse(this.file("index.json").toString());
    assert.equal(manifests.length, 1, "the tarball's index.json does not name one image");
    return this.blob(manifests[0]!);
  }

  /** The manifest of the image for one platform, the first where there are several. */
  manifest(): Manifest {
    const image = this.image();
    const [first] = image.manifests ?? [];
    return first ? this.blob(first) : image;
  }
}

function text(tar: Buffer, at: number, length: number): string {
  const field = tar.subarray(at, at + length).toString("latin1");
  return field.split("\0", 1)[0]!.trim();
}
