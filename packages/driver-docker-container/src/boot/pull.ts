import { type CredentialProvider, isTsbxError, type StepProgress, TsbxError } from "@tsbx/core/driver";
import { type Engine, isEngineError, pullImage } from "@tsbx/docker-engine";

/**
 * Gets the newest image of that name, or the one that the daemon has when no newer is to be had.
 * @throws TsbxError `BOOT_FAILED` with what the pull says when the daemon has none either
 */
export async function pullOrUse(
  engine: Engine,
  image: string,
  credentials: CredentialProvider | undefined,
  progress: StepProgress,
  signal: AbortSignal,
): Promise<void> {
  try {
    await pullImage(engine, image, { credentials, progress, signal });
  } catch (error) {
    if (signal.aborted || !isTsbxError(error) || error.code !== "ENGINE_ERROR") throw error;
    if (!(await hasImage(engine, image, signal))) throw unavailable(image, error);
    progress(`using local image ${image}`);
  }
}

function unavailable(image: string, cause: TsbxError): TsbxError {
  return new TsbxError("BOOT_FAILED", `cannot pull image ${image}: ${cause.message}`, {
    hint: "Check the name (--driver-opt image=...), the way to its registry and the credentials for it.",
    cause,
  });
}

async function hasImage(engine: Engine, image: string, signal: AbortSignal): Promise<boolean> {
  try {
    await engine.json("GET", `/images/${image}/json`, { signal });
    return true;
  } catch (error) {
    if (isEngineError(error, 404)) return false;
    throw error;
  }
}
