import { TsbxError } from "@tsbx/core/errors";
import type { CommandContext } from "../commands/command.ts";
import { dockerContext } from "../docker-config.ts";
import { type FlagTable, type FlagValues, GLOBAL_FLAGS } from "../flags/table.ts";
import { fallbackBuilder, ownBuilder } from "./detect.ts";
import { implicitBuilders } from "./find.ts";
import { type BuilderHost, builderHost, endpointKey } from "./host.ts";

export const USE_FLAGS = {
  ...GLOBAL_FLAGS,
  default: { type: "boolean", doc: "Make it the default of the current docker context" },
  global: { type: "boolean", doc: "Use it in all docker contexts" },
} as const satisfies FlagTable;

/** Takes a builder into use: commands that name none take it from now on. */
export async function useBuilder(
  argument: string | undefined,
  flags: FlagValues<typeof USE_FLAGS>,
  context: CommandContext,
): Promise<void> {
  const host = await builderHost(context);
  const { store, env, signal } = host;
  const name = argument ?? flags.builder ?? env.BUILDX_BUILDER;
  if (!name)
    throw new TsbxError("INVALID_ARGUMENTS", "use needs the name of a builder", { hint: "Run tsbx ls." });
  await store.update(async (update) => {
    if (await update.get(name)) {
      await update.use(endpointKey(host), name, { global: flags.global, asDefault: flags.default });
    } else {
      await checkOwnBuilder(name, host);
      await update.use(endpointKey(host), "");
    }
  }, signal);
}

/** A builder that is not stored is in use when none of the store is, and only that of the current context. */
async function checkOwnBuilder(name: string, host: BuilderHost): Promise<void> {
  if (name === dockerContext(host.env, host.dockerConfig)) return;
  const elsewhere = `Or name it where it is needed: --builder ${name}.`;
  if (name === "default" || (await implicitBuilders(host)).some((builder) => builder.name === name)) {
    throw new TsbxError(
      "INVALID_ARGUMENTS",
      `run \`docker context use ${name}\` to switch to context ${name}`,
      {
        hint: elsewhere,
      },
    );
  }
  if (!(await ownBuilder(name, host))) {
    throw new TsbxError("BUILDER_NOT_FOUND", `failed to find instance "${name}"`, { hint: "Run tsbx ls." });
  }
  const { builder } = await fallbackBuilder(host);
  if (builder.name === name) return;
  throw new TsbxError(
    "INVALID_ARGUMENTS",
    `builder ${name} was not created, and ${builder.name} comes before it when none is in use`,
    { hint: `Create one: tsbx create --driver ${name} --use. ${elsewhere}` },
  );
}
