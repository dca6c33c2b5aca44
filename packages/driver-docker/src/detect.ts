import { isTsbxError, TsbxError, throwIfAborted, withDeadline } from "@tsbx/core/driver";
import { currentContextName, type Environment, openEngine } from "@tsbx/docker-engine";

const ANSWER_MS = 1000;

/** The current context's name, when its daemon answers. */
export async function detectDaemon(env: Environment, signal: AbortSignal): Promise<string | undefined> {
  try {
    const name = await currentContextName(env);
    await withDeadline(ANSWER_MS, signal, silent, (either) => openEngine(name, env).apiVersion(either));
    return name;
  } catch (error) {
    throwIfAborted(signal);
    if (isTsbxError(error)) return undefined;
    throw error;
  }
}

function silent(): TsbxError {
  return new TsbxError("ENGINE_UNREACHABLE", `Docker did not answer within ${ANSWER_MS} ms`);
}
