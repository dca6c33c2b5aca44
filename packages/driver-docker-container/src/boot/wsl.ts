import { stat } from "node:fs/promises";
import type { DriverContext } from "@tsbx/core/driver";
import { isLocalEndpoint } from "@tsbx/docker-engine";
import type { BindMount } from "../container/settings.ts";

/** Where WSL keeps the libraries for the GPUs of its Windows: to ask for the devices is not enough there. */
const LIBRARIES = "/usr/lib/wsl";

/** What the containers of a daemon in this WSL machine need of it; nothing elsewhere. */
export async function wslMounts(
  endpoint: string | undefined,
  env: DriverContext["env"],
  folder = LIBRARIES,
): Promise<readonly BindMount[]> {
  if (!env.WSL_DISTRO_NAME || !(await isLocalEndpoint(endpoint, env))) return [];
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isThere ? [{ Type: "bind", Source: folder, Target: LIBRARIES, ReadOnly: true }] : [];
}
