import { authHandlers } from "../buildkit/session/auth/handlers.ts";
import { secretHandlers } from "../buildkit/session/secrets.ts";
import { sshHandlers } from "../buildkit/session/ssh/handlers.ts";
import type { ServerHandler } from "../buildkit/transport/stream.ts";
import type { BuildOptions } from "./options.ts";

/** The services for what the options let the daemon ask for. What is missing or unreadable is found here. */
export async function grantHandlers(
  options: BuildOptions,
  cwd: string,
): Promise<ReadonlyMap<string, ServerHandler>> {
  return new Map([
    ...authHandlers(options.credentials),
    ...(await secretHandlers(options.secrets ?? {}, { cwd })),
    ...(await sshHandlers(options.ssh ?? {}, { cwd })),
  ]);
}
