import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { ImageStore } from "@tsbx/core";

/** An image store for nodes that have none beside them: what is loaded becomes a file. */
export function tarballStore(path: string): ImageStore {
  return {
    description: `the conformance suite's ${path}`,
    accepts: async () => "docker",
    load: (tar, _progress, signal) => pipeline(tar, createWriteStream(path), { signal }),
  };
}
