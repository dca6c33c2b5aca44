import type { Output } from "@tsbx/core";
import type { Driver } from "@tsbx/core/driver";
import { parseBoolean } from "../flags/boolean.ts";
import type { Environment } from "../io.ts";
import type { ArgumentOptions } from "./arguments.ts";

interface DefaultOutputContext {
  env: Environment;
  warn: (text: string) => void;
}

/**
 * What a build that names no output gets: the image in the local image store where the driver has one of its
 * own, else nothing, with a warning. `BUILDX_NO_DEFAULT_LOAD` turns the former off.
 */
export function defaultOutputs(
  { outputs, push, load }: ArgumentOptions,
  { name, capabilities }: Driver,
  { env, warn }: DefaultOutputContext,
): readonly Output[] {
  if (outputs.length > 0 || push || load) return outputs;
  const noDefault = env.BUILDX_NO_DEFAULT_LOAD;
  if (noDefault && parseBoolean(noDefault) === undefined) {
    warn(`invalid BUILDX_NO_DEFAULT_LOAD: "${noDefault}" is not a boolean`);
  }
  if (parseBoolean(noDefault ?? "")) return outputs;
  if (capabilities.autoLoad) return [{ type: "image" }];
  warn(
    `No output specified with ${name} driver. Build result will only remain in the build cache. ` +
      "To push result image into registry use --push or to load image into docker use --load",
  );
  return outputs;
}
