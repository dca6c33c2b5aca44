import { rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { getSystemErrorMap } from "node:util";
import type { BuildResult } from "@tsbx/core";
import { TsbxError } from "@tsbx/core/errors";
import { writeFileAtomic } from "../files/atomic.ts";
import { parseBoolean } from "../flags/boolean.ts";
import type { Environment } from "../io.ts";
import type { BuildFlags } from "./arguments.ts";

type FileFlags = Pick<BuildFlags, "iidfile" | "metadata-file">;

/** What the peer calls the image ID: the digest of its configuration, else of its manifest; empty without image. */
export function imageId({ exporterResponse }: BuildResult): string {
  return exporterResponse["containerimage.config.digest"] ?? exporterResponse["containerimage.digest"] ?? "";
}

/** Removes the ID of an earlier build, so that nobody takes it for this one's. */
export async function removeImageIdFile({ iidfile }: FileFlags, cwd: string): Promise<void> {
  if (iidfile) await rm(resolve(cwd, iidfile), { force: true });
}

/** What a metadata file is to have besides what the build reports. */
export interface MetadataWishes {
  provenance?: "min" | "max" | undefined;
  warnings?: boolean;
}

/** What the environment wants in a metadata file. */
export function metadataWishes(env: Environment): MetadataWishes {
  const warnings = parseBoolean(env.BUILDX_METADATA_WARNINGS ?? "") === true;
  return { provenance: provenanceMode(env), warnings };
}

/** How much provenance there is to be: what `BUILDX_METADATA_PROVENANCE` says, else `min`. */
function provenanceMode({ BUILDX_METADATA_PROVENANCE: text = "" }: Environment): "min" | "max" | undefined {
  const mode = text.toLowerCase();
  if (mode === "disabled" || parseBoolean(mode) === false) return undefined;
  return mode === "max" ? "max" : "min";
}

/**
 * Writes what `--iidfile` and `--metadata-file` ask for.
 * @throws TsbxError `RESULT_FILE_UNWRITABLE`
 */
export async function writeResultFiles(
  flags: FileFlags,
  cwd: string,
  { id, metadata }: { id: string; metadata: Record<string, unknown> },
): Promise<void> {
  const files = [
    { path: flags.iidfile, what: "the image ID", content: () => id },
    { path: flags["metadata-file"], what: "the metadata", content: () => JSON.stringify(metadata, null, 2) },
  ];
  for (const { path, what, content } of files) {
    if (!path) continue;
    await writeFileAtomic(resolve(cwd, path), content()).catch((error: NodeJS.ErrnoException) => {
      throw new TsbxError(
        "RESULT_FILE_UNWRITABLE",
        `cannot write ${what} to ${path}: ${reasonOf(error, path)}`,
        {
          hint: "The build itself has succeeded, and its results are where they were to go.",
          cause: error,
        },
      );
    });
  }
}

function reasonOf({ code, errno, message }: NodeJS.ErrnoException, path: string): string {
  if (code === "ENOENT") return `there is no directory ${dirname(path)}`;
  return getSystemErrorMap().get(errno ?? 0)?.[1] ?? message;
}
