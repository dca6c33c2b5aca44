import type { Readable } from "node:stream";
import type { BuildContext, DockerfileSource } from "@tsbx/core";
import { TsbxError } from "@tsbx/core/errors";
import { readStdin, readStdinSource } from "./stdin-source.ts";

/** Where a build's files come from. */
export interface BuildSources {
  context: BuildContext;
  dockerfile?: DockerfileSource;
}

/**
 * Checks the context argument and `--file` against each other, before anything is read.
 * @throws TsbxError `INVALID_CONTEXT`
 */
export function checkSources(context: string, file: string | undefined): void {
  if (context === "-" && file === "-") {
    throw invalid("invalid argument: can't use stdin for both build context and dockerfile");
  }
  if (context === "") throw invalid('please specify build context (e.g. "." for the current directory)');
}

/**
 * Turns `-` into what stdin holds; paths and URLs are left as they are.
 * @throws TsbxError `INVALID_CONTEXT` when stdin turns out to be a second Dockerfile.
 */
export async function readSources(
  context: string,
  file: string | undefined,
  stdin: () => Readable,
): Promise<BuildSources> {
  if (context === "-") {
    const source = await readStdinSource(stdin());
    if ("archive" in source) return { context: source, ...(file ? { dockerfile: file } : {}) };
    if (file) {
      throw invalid("ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles");
    }
    return { context: { files: {} }, dockerfile: { content: source.dockerfile } };
  }
  if (file === "-") return { context, dockerfile: { content: await readStdin(stdin()) } };
  return { context, ...(file ? { dockerfile: file } : {}) };
}

function invalid(message: string): TsbxError {
  return new TsbxError("INVALID_CONTEXT", message);
}
