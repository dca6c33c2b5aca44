import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { succeed } from "./process.ts";
import { readTar } from "./tar.ts";
import { writeTree } from "./tree.ts";

export interface Descriptor {
  mediaType: string;
  digest: string;
  annotations?: Record<string, string>;
  platform?: { os: string; architecture: string };
}

/** One image of an OCI archive. */
export interface OciImage {
  platform: string;
  config: string;
  layers: string[];
  /** From the archive's index to the manifest: what each says of the next, and of itself. */
  annotations: Array<Readonly<Record<string, string>>>;
}

/**
 * The images of an OCI archive, one a platform, without their attestations.
 */
export function readOciImages(path: string): OciImage[] {
  const { index, blob } = ociBlobs(path);
  const images = (descriptor: Descriptor, outer: OciImage["annotations"] = []): OciImage[] => {
    if (descriptor.annotations?.["vnd.docker.reference.type"]) return [];
    const document = JSON.parse(String(blob(descriptor)));
    const annotations = [...outer, descriptor.annotations ?? {}, document.annotations ?? {}];
    if (document.manifests) {
      return (document.manifests as Descriptor[]).flatMap((each) => images(each, annotations));
    }
    const config = JSON.parse(String(blob(document.config)));
    for (const layer of document.layers) blob(layer);
    return [
      {
        platform: `${config.os}/${config.architecture}`,
        config: document.config.digest,
        layers: document.layers.map((layer: Descriptor) => layer.digest),
        annotations,
      },
    ];
  };
  return index.manifests.flatMap((each) => images(each));
}

/** An index, and the blobs that it leads to. */
export interface OciContent {
  index: { manifests: Descriptor[] };
  blob(descriptor: Descriptor): Buffer;
}

/** The index of an OCI archive, and its blobs, each of which must have the digest that it goes by. */
export function ociBlobs(path: string): OciContent {
  const files = new Map(readTar(path).map(({ name, content }) => [name.toString(), content]));
  const index = JSON.parse(String(files.get("index.json")));
  const blob = ({ digest }: Descriptor): Buffer => {
    const content = files.get(`blobs/${digest.replace(":", "/")}`);
    if (!content) throw new Error(`${path} has no blob ${digest}`);
    const actual = sha256(content);
    if (actual !== digest) throw new Error(`blob ${digest} of ${path} is ${actual}`);
    return content;
  };
  return { index, blob };
}

/** Makes an OCI layout directory of one image, which has the file `/from-layout`. */
export async function ociLayout(directory: string): Promise<void> {
  const root = join(directory, "root");
  writeTree(root, { "from-layout": "from the layout\n" });
  const tar = ["--sort=name", "--mtime=@1500000000", "--owner=0:0", "--group=0:0"];
  await succeed("tar", [...tar, "-cf", "layer.tar", "-C", "root", "from-layout"], { cwd: directory });
  mkdirSync(join(directory, "blobs/sha256"), { recursive: true });
  const add = (kind: string, content: Uint8Array) => {
    const digest = sha256(content);
    writeFileSync(join(directory, "blobs", digest.replace(":", "/")), content);
    return { mediaType: `application/vnd.oci.image.${kind}`, digest, size: content.length };
  };
  const addJson = (kind: string, value: object) => add(kind, Buffer.from(JSON.stringify(value)));
  const layer = add("layer.v1.tar", readFileSync(join(directory, "layer.tar")));
  const config = addJson("config.v1+json", {
    architecture: "amd64",
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: [layer.digest] },
  });
  const manifest = addJson("manifest.v1+json", { schemaVersion: 2, config, layers: [layer] });
  const annotations = { "org.opencontainers.image.ref.name": "latest" };
  const index = { schemaVersion: 2, manifests: [{ ...manifest, annotations }] };
  writeFileSync(join(directory, "index.json"), JSON.stringify(index));
  writeFileSync(join(directory, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
}

function sha256(content: Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}
