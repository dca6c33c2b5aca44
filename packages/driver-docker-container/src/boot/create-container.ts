import type { Engine } from "@tsbx/docker-engine";
import { lagging } from "./lagging.ts";

/** How long a daemon that makes a container is waited for after nobody wants it any more. */
const CREATE_LAG_MS = 5000;

/**
 * Has the daemon make a container, and resolves with its id, also when `signal` aborts meanwhile: a request that
 * is cut off goes on in the daemon, and only its answer tells that there is something to undo.
 */
export async function createContainer(
  engine: Engine,
  name: string,
  body: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<string> {
  const { Id } = await lagging(signal, CREATE_LAG_MS, (late) =>
    engine.json<{ Id: string }>("POST", "/containers/create", { query: { name }, body, signal: late }),
  );
  return Id;
}
