import { isTsbxError, TsbxError, type TsbxErrorOptions, unreachable } from "@tsbx/core/driver";

/** The daemon answered, and refused: `code` is `ENGINE_ERROR`. */
export class EngineError extends TsbxError {
  /** The HTTP status of the answer. */
  readonly status: number;

  constructor(status: number, message: string, options?: TsbxErrorOptions) {
    super("ENGINE_ERROR", message, options);
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

/**
 * The error for a connection that failed, before or after it was made: `ENGINE_UNREACHABLE`, or
 * `ENGINE_TLS_FAILED`. With TLS 1.3 a daemon refuses a client's certificate after the handshake.
 */
export function connectionError(subject: string, cause: unknown): TsbxError {
  if (isTsbxError(cause) && cause.code !== "DAEMON_UNREACHABLE") return cause;
  const { message, hint, cause: origin } = isTsbxError(cause) ? cause : unreachable(subject, cause);
  const code = origin instanceof Error && "code" in origin ? String(origin.code) : "";
  if (code.startsWith("ERR_SSL")) return tlsFailed(subject, origin);
  return new TsbxError("ENGINE_UNREACHABLE", message, { hint: HINTS[code] ?? hint, cause: origin });
}

/** The `ENGINE_TLS_FAILED` error. */
export function tlsFailed(subject: string, cause: unknown): TsbxError {
  const { message, reason = message } = cause as Error & { reason?: string };
  return new TsbxError("ENGINE_TLS_FAILED", `no TLS with ${subject}: ${reason}`, { hint: TLS_FILES, cause });
}

/** The `ENGINE_TLS_FAILED` error for a daemon that was spoken to without TLS. */
export function wantsTls(subject: string): TsbxError {
  return new TsbxError("ENGINE_TLS_FAILED", `no TLS with ${subject}: its port wants it`, { hint: WANTS_TLS });
}

const WANTS_TLS = "Use a docker context with certificates, or DOCKER_TLS_VERIFY and DOCKER_CERT_PATH.";

/** The `ENGINE_UNREACHABLE` error for a daemon that takes a request and says nothing. */
export function silent(subject: string, milliseconds: number): TsbxError {
  const message = `${subject} did not answer within ${milliseconds / 1000} s`;
  return new TsbxError("ENGINE_UNREACHABLE", message, {
    hint: "It takes connections, but is stuck or overloaded: look at its log, or restart it.",
  });
}

const TLS_FILES =
  "Check that the port is the one for TLS, and the ca.pem, cert.pem and key.pem of the docker context or of DOCKER_CERT_PATH.";

const RUNNING = "Start Docker, or choose where it runs with DOCKER_HOST or `docker context use`.";

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: RUNNING,
  ENOTDIR: RUNNING,
  ECONNREFUSED: RUNNING,
  EACCES:
    "Join the group that owns the socket (`sudo usermod -aG docker $USER`, then log in again), or run as root.",
};
