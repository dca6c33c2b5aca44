/** Where an error happened, when that is known. */
export interface ErrorScope {
  /** Name of the builder, as in `--builder`. */
  builder?: string;
  /** Name of the node inside the builder. */
  node?: string;
}

export interface TsbxErrorOptions extends ErrorScope {
  /** What the user can do next: one sentence, a command where there is one. */
  hint?: string;
  cause?: unknown;
}

/**
 * Every error that tsbx throws on purpose. Match on `code`: it is stable across releases, and across
 * copies of this package in one process; messages and classes are not.
 */
export class TsbxError extends Error {
  /** Stable identifier, for example `DAEMON_UNREACHABLE`. */
  readonly code: string;
  readonly hint?: string;
  builder?: string;
  node?: string;

  constructor(code: string, message: string, options: TsbxErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "TsbxError";
    this.code = code;
    if (options.hint !== undefined) this.hint = options.hint;
    if (options.builder !== undefined) this.builder = options.builder;
    if (options.node !== undefined) this.node = options.node;
  }
}

/** Whether `error` is a {@link TsbxError}, from this copy of the package or another one. */
export function isTsbxError(error: unknown): error is TsbxError {
  return error instanceof Error && "code" in error && error.name === "TsbxError";
}

/** The error for a cancelled operation, with the signal's reason as its cause. */
export function abortedError(signal: AbortSignal): TsbxError {
  return new TsbxError("ABORTED", "the operation was cancelled", { cause: signal.reason });
}

/** Throws {@link abortedError} when `signal` is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(signal);
}
