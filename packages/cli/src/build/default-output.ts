import type { Output } from "@tsbx/core";
import type { BuilderNodes } from "../builders/open-nodes.ts";
import { parseBoolean } from "../flags/boolean.ts";
import type { Environment } from "../io.ts";
import type { ArgumentOptions } from "./arguments.ts";

interface DefaultOutputContext {
  env: Environment;
  warn: (text: string) => void;
  /** Whether the build's end says where its result went, or that it went nowhere. */
  summary: boolean;
}

/**
 * What a build that names no output gets: the image in the local image store where the node has one of its own
 * or loads by default, else nothing, with a warning unless the end has one. `BUILDX_NO_DEFAULT_LOAD` turns the
 * former off.
 */
export function defaultOutputs(
  { outputs, push, load }: ArgumentOptions,
  [{ driver, handle }]: BuilderNodes,
  { env, warn, summary }: DefaultOutputContext,
): readonly Output[] {
  if (outputs.length > 0 || push || load) return outputs;
  const noDefault = env.BUILDX_NO_DEFAULT_LOAD;
  if (noDefault && parseBoolean(noDefault) === undefined) {
    warn(`invalid BUILDX_NO_DEFAULT_LOAD: "${noDefault}" is not a boolean`);
  }
  if (parseBoolean(noDefault ?? "")) return outputs;
  if (driver.capabilities.autoLoad) return [{ type: "image" }];
  if (handle.defaultLoad) return [{ type: "docker" }];
  if (summary) return outputs;
  warn(
    `No output specified with ${driver.name} driver. Build result will only remain in the build cache. ` +
      "To push result image into registry use --push or to load image into docker use --load",
  );
  return outputs;
}
