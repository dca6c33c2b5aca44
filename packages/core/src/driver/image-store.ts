import type { StepProgress } from "./step-progress.ts";

/** A local image store, such as that of a Docker daemon, into which built images can be loaded. */
export interface ImageStore {
  /** What it is and where, for messages: `Docker at unix:///var/run/docker.sock`. */
  description: string;
  /**
   * The richest tarball it takes: `oci` with several platforms and attestations, or `docker` with one image.
   * Asks the store.
   */
  accepts(signal: AbortSignal): Promise<"oci" | "docker">;
  /** Loads one tarball as it streams in; resolves when the images are there. */
  load(tar: AsyncIterable<Uint8Array>, progress: StepProgress, signal: AbortSignal): Promise<void>;
}
