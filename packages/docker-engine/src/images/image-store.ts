import { abortedError, type ImageStore, type StepProgress, throwIfAborted } from "@tsbx/core/driver";
import type { Engine } from "../engine/engine.ts";
import { reportLayer } from "./layers.ts";
import { engineMessages } from "./messages.ts";

/** What a daemon calls the store that holds OCI images, with several platforms and attestations. */
const CONTAINERD_STORE = "io.containerd.snapshotter.v1";

/** The daemon's image store. */
export function engineImageStore(engine: Engine): ImageStore {
  return {
    get description() {
      return engine.description;
    },
    async accepts(signal) {
      return (await hasContainerdStore(engine, signal)) ? "oci" : "docker";
    },
    load: (tar, progress, signal) => loadImages(engine, tar, progress, signal),
  };
}

async function hasContainerdStore(engine: Engine, signal: AbortSignal): Promise<boolean> {
  const info = await engine.json<{ DriverStatus?: readonly (readonly string[])[] | null }>("GET", "/info", {
    signal,
  });
  return (info.DriverStatus ?? []).some(
    ([name, value]) => name === "driver-type" && value === CONTAINERD_STORE,
  );
}

/** Nothing is sent before the first byte is there: a build that fails leaves no load behind. */
async function loadImages(
  engine: Engine,
  tar: AsyncIterable<Uint8Array>,
  progress: StepProgress,
  signal: AbortSignal,
): Promise<void> {
  const chunks = tar[Symbol.asyncIterator]();
  const first = await unlessAborted(chunks.next(), signal);
  if (first.done) return;
  progress("sending image");
  const answer = await engine.stream("POST", "/images/load", {
    body: resumed(first.value, chunks),
    signal,
  });
  for await (const message of engineMessages(answer, engine.description, "load the image")) {
    reportLayer(message, progress);
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  throwIfAborted(signal);
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortedError(signal));
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** An iteration that goes on after its first value. */
async function* resumed(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}
