import { abortedError, isTsbxError, type TsbxError, throwIfAborted } from "../../errors.ts";

/**
 * Runs the stages of one operation under one bound and one signal.
 *
 * @param milliseconds the bound over all stages together
 * @param expired makes the error for when the bound is over
 * @param work gets a signal that aborts when either happens, with the `TsbxError` to throw as its reason;
 *   it must then give up what it opened and throw that reason, or `ABORTED` with it as the cause
 * @throws TsbxError `ABORTED` when `signal` aborts, what `expired` makes when the bound is over
 */
export async function withDeadline<T>(
  milliseconds: number,
  signal: AbortSignal,
  expired: () => TsbxError,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  throwIfAborted(signal);
  const either = new AbortController();
  const timer = setTimeout(() => either.abort(expired()), milliseconds);
  const onAbort = () => either.abort(abortedError(signal));
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await work(either.signal);
  } catch (error) {
    // Whoever takes any signal cannot know that this one's reason says more than that it aborted.
    const { aborted, reason } = either.signal;
    throw aborted && isTsbxError(error) && error.code === "ABORTED" && error.cause === reason
      ? reason
      : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
