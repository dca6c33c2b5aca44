import { PassThrough } from "node:stream";
import type { ImageStore } from "../driver/image-store.ts";
import { TsbxError } from "../errors.ts";
import type { BuildOptions } from "./options.ts";
import type { Plan } from "./plan.ts";
import { StepEvents } from "./step-events.ts";

/** An image on its way into a local store. */
export interface Loading {
  steps: StepEvents;
  /** Settles when the store has the image, or has refused it. */
  done: Promise<void>;
  /** Gives up what has not begun: a build that failed exports nothing. */
  abandon(): void;
}

/**
 * Makes the plan's loads real: each becomes a tarball that streams into a local image store while it is
 * exported, or, where the node's own store is the local one, an image exported there.
 * @param ownStore whether images that the node exports are in the local store by that
 */
export async function settleLoads(
  plan: Plan,
  options: BuildOptions,
  nodeStore: ImageStore | undefined,
  ownStore: boolean,
  signal: AbortSignal,
): Promise<Loading[]> {
  const loadings: Loading[] = [];
  for (const [index, target] of plan.loads) {
    const exporter = plan.exporters[index]!;
    if (ownStore && !target) {
      exporter.type = "image";
      continue;
    }
    const store = target ?? nodeStore ?? options.imageStore;
    if (!store) throw loadUnsupported();
    if ((await store.accepts(signal)) === "oci") {
      exporter.type = "oci";
      // Such a store knows an image by its manifest or index, not by its configuration.
      exporter.attrs["prefer-image-digest"] = "true";
    } else refuseLists(options, store);
    const loading = loadingInto(store, plan.loads.size > 1 ? String(index) : "", signal);
    plan.targets.set(index, { kind: "stream", stream: loading.stream });
    loadings.push(loading);
  }
  return loadings;
}

export function loadUnsupported(): TsbxError {
  return new TsbxError("LOAD_UNSUPPORTED", "there is no local image store to load the image into", {
    hint: "Write a tarball with --output type=docker,dest=image.tar, push the image, or let tsbx reach a Docker daemon: npm install @tsbx/driver-docker.",
  });
}

/** A store that takes one image alone takes neither several platforms nor attestations. */
function refuseLists(options: BuildOptions, { description }: ImageStore): void {
  const attested = Object.values(options.attestations ?? {}).some((params) => params !== false);
  if ((options.platforms?.length ?? 0) < 2 && !attested) return;
  const what = attested ? "an image with attestations" : "an image for several platforms";
  throw new TsbxError("LOAD_UNSUPPORTED", `${description} cannot load ${what}`, {
    hint: "Turn on the daemon's containerd image store, load one platform without attestations, or push the image.",
  });
}

function loadingInto(
  store: ImageStore,
  suffix: string,
  signal: AbortSignal,
): Loading & { stream: PassThrough } {
  const steps = new StepEvents(`load${suffix}`, `importing to ${store.description}`);
  const stream = new PassThrough({ highWaterMark: 1024 * 1024 });
  const give = new AbortController();
  const done = store.load(stream, steps.onStep, AbortSignal.any([signal, give.signal])).then(
    () => steps.end(),
    (error) => {
      steps.end(error);
      stream.destroy(error);
      throw error;
    },
  );
  done.catch(() => {});
  // Its readers and writers learn of a failure themselves.
  stream.on("error", () => {});
  return {
    steps,
    stream,
    done,
    abandon() {
      give.abort();
      stream.destroy();
    },
  };
}
