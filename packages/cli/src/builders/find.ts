import { TsbxError } from "@tsbx/core/errors";
import { type Builder, builderOf } from "./builder.ts";
import { ownBuilder } from "./detect.ts";
import { type BuilderHost, driverContext } from "./host.ts";

/**
 * The builder of a name: of the store, of a docker context, or one that is there when none is in use.
 * @param reason ends the sentence that begins with `asked for by`
 * @throws TsbxError `BUILDER_NOT_FOUND`, `STORE_UNREADABLE`
 */
export async function findBuilder(name: string, reason: string, host: BuilderHost): Promise<Builder> {
  const stored = await host.store.get(name);
  if (stored) return builderOf(stored);
  const implicit = (await implicitBuilders(host)).find((builder) => builder.name === name);
  const found = implicit ?? (await ownBuilder(name, host));
  if (found) return found;
  // The name that Docker's own builder has everywhere: the error says how to get its driver.
  if (name === "default") await host.drivers.load("docker");
  throw new TsbxError("BUILDER_NOT_FOUND", `no builder "${name}" found`, {
    hint: `It was asked for by ${reason}; \`tsbx ls\` shows the builders. They are kept in ${host.store.dir}.`,
  });
}

/** The builders that the installed drivers have by themselves. A driver that cannot tell is warned about. */
export async function implicitBuilders(host: BuilderHost): Promise<Builder[]> {
  const lists = await Promise.all(
    host.drivers.providers("builders").map(async (driver) => {
      try {
        const { builders } = await host.drivers.load(driver);
        return (await builders?.(driverContext(host, driver), host.signal))?.map(
          ({ name, endpoint }): Builder => ({ name, driver, nodes: [{ builder: name, name, endpoint }] }),
        );
      } catch (error) {
        if (host.signal.aborted) throw error;
        host.warn((error as Error).message);
        return [];
      }
    }),
  );
  return lists.flatMap((list) => list ?? []);
}
