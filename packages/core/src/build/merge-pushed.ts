import { createHash } from "node:crypto";
import type { BuilderNode } from "../builder/node.ts";
import type { CredentialProvider } from "../buildkit/session/auth/provider.ts";
import type { StepProgress } from "../driver/step-progress.ts";
import {
  annotateIndex,
  type Descriptor,
  type ImageIndex,
  type IndexAnnotation,
  isIndex,
  mergeIndexes,
} from "../image/index-merge.ts";
import { normalizeReference, parseReference } from "../image/reference.ts";
import { Repository } from "../image/registry/client.ts";
import { type RegistryHost, registryHosts } from "../image/registry/hosts.ts";

/** What one node pushed: a manifest or an index. */
export type ImagePart = Descriptor;

interface MergeOptions {
  nodes: readonly BuilderNode[];
  /** Plain HTTP and any certificate, as `registry.insecure=true` asks for. */
  insecure: boolean;
  credentials: CredentialProvider | undefined;
  annotations: readonly IndexAnnotation[];
  onStep: StepProgress;
  signal: AbortSignal;
}

/** Pushes one index of the parts, which are in each of the repositories already, under every name. */
export async function mergePushed(
  names: readonly string[],
  parts: readonly ImagePart[],
  options: MergeOptions,
): Promise<string> {
  const references = names.map((name) => parseReference(normalizeReference(name)));
  const hosts = await hostsOf(options.nodes);
  const repository = ({ domain, path }: { domain: string; path: string }) =>
    new Repository(domain, path, {
      ...(options.insecure ? { http: true, insecure: true } : hosts.get(domain)),
      credentials: options.credentials,
      signal: options.signal,
    });
  const source = repository(references[0]!);
  const indexes = await Promise.all(
    parts.map(async (part): Promise<Pick<ImageIndex, "manifests" | "annotations">> => {
      if (!isIndex(part.mediaType)) return { manifests: [part] };
      return (await source.manifest(part.digest)) as unknown as ImageIndex;
    }),
  );
  const merged = annotateIndex(mergeIndexes(indexes), options.annotations);
  const body = JSON.stringify(merged, null, 2);
  for (const reference of references) {
    options.onStep(`pushing ${reference.domain}/${reference.path}:${reference.tag}`);
    await repository(reference).putManifest(reference.tag ?? "latest", merged.mediaType, body);
  }
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}

/** What the nodes' own configurations say of registries, the first node's before the others'. */
async function hostsOf(nodes: readonly BuilderNode[]): Promise<Map<string, RegistryHost>> {
  const maps = await Promise.all(nodes.map(({ config }) => registryHosts(config.files)));
  return new Map(maps.reverse().flatMap((map) => [...map]));
}
