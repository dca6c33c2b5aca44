import { TsbxError } from "@tsbx/core/errors";
import type { Builder } from "./builder.ts";
import type { BuilderHost } from "./host.ts";

/**
 * Checks a builder that was not created: only what this machine runs for tsbx can be removed.
 * @throws TsbxError `INVALID_ARGUMENTS`
 */
export async function checkRemovable(
  { name, driver }: Builder,
  keepDaemon: boolean,
  { drivers }: Pick<BuilderHost, "drivers">,
): Promise<void> {
  const { capabilities, implicitOnly } = await drivers.load(driver);
  const [message, hint] = implicitOnly
    ? [`context builder cannot be removed, run \`docker context rm ${name}\` to remove this context`]
    : capabilities.buildkitConfig !== "yes"
      ? [`builder ${name} is that of BUILDKIT_HOST`, "Unset the variable."]
      : keepDaemon
        ? [`builder ${name} was not created, it is its daemon alone`, "Leave out --keep-daemon."]
        : [];
  if (message) throw new TsbxError("INVALID_ARGUMENTS", message, hint === undefined ? {} : { hint });
}
