import type { BuildOptions, ImageStore, Output } from "@tsbx/core";
import { type BuilderHost, driverContext } from "../builders/host.ts";
import type { BuilderNodes } from "../builders/open-nodes.ts";

/**
 * Completes what loads images: outputs that name a docker context get that one's store, the others the store of
 * an installed driver when the nodes have none beside them.
 */
export async function withImageStores(
  request: BuildOptions,
  nodes: BuilderNodes,
  host: BuilderHost,
): Promise<BuildOptions> {
  const outputs: Output[] = [];
  for (const output of request.outputs ?? []) {
    const { context, ...attrs } = isLoad(output) ? (output.attrs ?? {}) : {};
    const store = context === undefined ? undefined : await imageStore(context, host);
    outputs.push(store ? ({ ...output, attrs, store } as Output) : output);
  }
  const loads =
    request.load || outputs.some((output) => isLoad(output) && !("store" in output && output.store));
  if (!loads || nodes.every(({ handle }) => handle.images)) return { ...request, outputs };
  const store = await imageStore(undefined, host);
  return { ...request, outputs, ...(store && { imageStore: store }) };
}

function isLoad(output: Output) {
  return output.type === "docker" && output.dest === undefined;
}

/** The store that the first installed driver with one opens for `target`. */
async function imageStore(target: string | undefined, host: BuilderHost): Promise<ImageStore | undefined> {
  for (const name of host.drivers.providers("imageStore")) {
    const driver = await host.drivers.load(name).catch((error: Error) => host.warn(error.message));
    const store = driver?.imageStore?.(target, driverContext(host, name));
    if (store) return store;
  }
  return undefined;
}
