import { isTsbxError, TsbxError, unreachable } from "@tsbx/core/driver";

/** The daemon answered, and refused: `code` is `ENGINE_ERROR`. */
export class EngineError extends TsbxError {
  /** The HTTP status of the answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super("ENGINE_ERROR", message);
    this.status = status;
  }
}

/** Whether `error` is an {@link EngineError}, with that status where one is given. */
export function isEngineError(error: unknown, status?: number): error is EngineError {
  return (
    isTsbxError(error) &&
    error.code === "ENGINE_ERROR" &&
    "status" in error &&
    (status === undefined || error.status === status)
  );
}

/** The `ENGINE_UNREACHABLE` error for a connection that failed, before or after it was made. */
export function engineUnreachable(subject: string, cause: unknown): TsbxError {
  if (isTsbxError(cause) && cause.code !== "DAEMON_UNREACHABLE") return cause;
  const { message, hint, cause: origin } = isTsbxError(cause) ? cause : unreachable(subject, cause);
  const code = origin instanceof Error && "code" in origin ? String(origin.code) : "";
  return new TsbxError("ENGINE_UNREACHABLE", message, { hint: HINTS[code] ?? hint, cause: origin });
}

const RUNNING = "Start Docker, or choose where it runs with DOCKER_HOST or `docker context use`.";

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: RUNNING,
  ENOTDIR: RUNNING,
  ECONNREFUSED: RUNNING,
  EACCES:
    "Join the group that owns the socket (`sudo usermod -aG docker $USER`, then log in again), or run as root.",
};
