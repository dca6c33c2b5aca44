import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { TsbxError } from "../errors.ts";

const IMAGE_NAME = "io.containerd.image.name";
const REF_NAME = "org.opencontainers.image.ref.name";
const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
const LOCK_RETRY_MS = 50;
const LOCK_PATIENCE_MS = 5_000;

/** A content descriptor of the OCI image specification. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
  [key: string]: unknown;
}

interface Index {
  schemaVersion: number;
  mediaType?: string;
  manifests: Descriptor[];
}

/**
 * What a tag or an image name stands for in an OCI layout directory: by full name first, then by tag, then,
 * for a layout that names nothing, its only manifest. Undefined when it has none of these.
 * @throws TsbxError `OCI_LAYOUT_INVALID`
 */
export async function resolveInIndex(
  directory: string,
  tag: string,
  signal: AbortSignal,
): Promise<Descriptor | undefined> {
  const { manifests } = (await readIndex(directory, signal)) ?? { manifests: [] };
  const byAnnotation = (key: string) => manifests.find(({ annotations }) => annotations?.[key] === tag);
  const only = manifests.length === 1 && !manifests[0]!.annotations?.[REF_NAME] ? manifests[0] : undefined;
  return byAnnotation(IMAGE_NAME) ?? byAnnotation(REF_NAME) ?? only;
}

/** Enters a manifest under names or tags, in the place of what they stood for before. */
export async function addToIndex(
  directory: string,
  descriptor: Descriptor,
  names: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const unlock = await lock(join(directory, "index.json.lock"), signal);
  try {
    await writeAtomically(join(directory, "oci-layout"), { imageLayoutVersion: "1.0.0" });
    const index = (await readIndex(directory, signal)) ?? {
      schemaVersion: 2,
      mediaType: INDEX_TYPE,
      manifests: [],
    };
    for (const name of names) {
      const annotations = annotationsFor(name);
      index.manifests = index.manifests.filter(
        (manifest) =>
          manifest.annotations?.[IMAGE_NAME] !== annotations[IMAGE_NAME] ||
          manifest.annotations?.[REF_NAME] !== annotations[REF_NAME],
      );
      index.manifests.push({ ...descriptor, annotations: { ...descriptor.annotations, ...annotations } });
    }
    await writeAtomically(join(directory, "index.json"), index);
  } finally {
    await unlock();
  }
}

function annotationsFor(name: string): Record<string, string> {
  if (!/[/:]/.test(name)) return { [REF_NAME]: name };
  return { [IMAGE_NAME]: name, [REF_NAME]: /:([^/:@]+)(?:@.*)?$/.exec(name)?.[1] ?? "latest" };
}

async function readIndex(directory: string, signal: AbortSignal): Promise<Index | undefined> {
  const path = join(directory, "index.json");
  let text: string;
  try {
    text = await readFile(path, { encoding: "utf8", signal });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const index = JSON.parse(text) as Index;
    if (!Array.isArray(index?.manifests)) throw new Error("it has no manifests");
    if (!index.manifests.every(isDescriptor)) throw new Error("one of its manifests has no digest");
    return index;
  } catch (error) {
    throw new TsbxError("OCI_LAYOUT_INVALID", `${path} is not an OCI index: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function isDescriptor(value: unknown): boolean {
  const { digest } = Object(value) as { digest?: unknown };
  return typeof digest === "string";
}

async function writeAtomically(path: string, content: object): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await writeFile(temporary, JSON.stringify(content), { flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The lock file that BuildKit's own tools use; they remove it after use, so one that stays is in use. */
async function lock(path: string, signal: AbortSignal): Promise<() => Promise<void>> {
  const patience = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      await (await open(path, "wx")).close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (performance.now() > patience) throw locked(path, await stat(path).catch(() => undefined));
    }
    await setTimeout(LOCK_RETRY_MS, undefined, { signal });
  }
}

function locked(path: string, info: { mtime: Date } | undefined): TsbxError {
  const since = info ? ` since ${info.mtime.toISOString()}` : "";
  return new TsbxError("OCI_LAYOUT_LOCKED", `${path} is held by another build${since}`, {
    hint: "remove the file if no build is running",
  });
}
