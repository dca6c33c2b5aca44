import type { Descriptor, OciContent } from "./oci.ts";

const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/** What a name stands for in a registry without TLS: an index of it, with all blobs but the layers of images. */
export async function registryContent(name: string): Promise<OciContent> {
  const [, host, repository, tag] = /^([^/]+)\/(.*):([^:]+)$/.exec(name)!;
  const blobs = new Map<string, Buffer>();
  const get = async (kind: "manifests" | "blobs", reference: string) => {
    const url = `http://${host}/v2/${repository}/${kind}/${reference}`;
    const response = await fetch(url, kind === "manifests" ? { headers: { accept: ACCEPT.join(",") } } : {});
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    const body = Buffer.from(await response.arrayBuffer());
    const digest = reference.startsWith("sha256:")
      ? reference
      : response.headers.get("docker-content-digest")!;
    blobs.set(digest, body);
    return { digest, mediaType: response.headers.get("content-type")!, document: body };
  };
  const fetchAll = async (reference: string): Promise<Descriptor> => {
    const { digest, mediaType, document } = await get("manifests", reference);
    const { manifests = [], layers = [], config } = JSON.parse(String(document));
    for (const manifest of manifests) await fetchAll(manifest.digest);
    const wanted = [...layers, ...(config ? [config] : [])].filter(
      (each: Descriptor) => !/\.layer\./.test(each.mediaType),
    );
    for (const each of wanted) await get("blobs", each.digest);
    return { digest, mediaType };
  };
  const root = await fetchAll(tag!);
  return {
    index: { manifests: [root] },
    blob: ({ digest }) => {
      const found = blobs.get(digest);
      if (!found) throw new Error(`${digest} of ${name} was not fetched`);
      return found;
    },
  };
}
