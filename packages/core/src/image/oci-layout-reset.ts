import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ContentStore } from "../buildkit/session/content/store.ts";
import type { Descriptor } from "./oci-layout-index.ts";

/** Content that names other content: an index, or a manifest, of OCI or of docker. */
const NAMES_OTHERS =
  /^application\/vnd\.(?:oci\.image|docker\.distribution)\.(?:index|manifest(?:\.list)?)\.v/;

/** What of an index or a manifest names other content. */
interface Naming {
  manifests?: readonly Descriptor[];
  config?: Descriptor;
  layers?: readonly Descriptor[];
}

/**
 * Removes the blobs of an OCI layout directory that its index does not lead to. Removes nothing when what the index
 * leads to cannot be read to its end.
 */
export async function removeUnreferenced(directory: string, signal: AbortSignal): Promise<void> {
  const store = new ContentStore(directory);
  const named = new Set<string>();
  const follow = async ({ manifests = [], config, layers = [] }: Naming) => {
    for (const { digest, mediaType } of [...manifests, ...(config ? [config] : []), ...layers]) {
      if (named.has(digest)) continue;
      named.add(digest);
      if (NAMES_OTHERS.test(mediaType)) await follow(await readJson(store.blobPath(digest), signal));
    }
  };
  await follow(await readJson(join(directory, "index.json"), signal));
  for await (const { digest } of store.list()) if (!named.has(digest)) await store.delete(digest);
}

async function readJson(path: string, signal: AbortSignal): Promise<Naming> {
  return JSON.parse(await readFile(path, { encoding: "utf8", signal }));
}
