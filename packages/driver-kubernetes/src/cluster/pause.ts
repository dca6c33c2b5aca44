import { setTimeout as delay } from "node:timers/promises";
import { abortedError, isTsbxError } from "@tsbx/core/driver";

const POLL_MS = 300;

/**
 * Waits until it is time to look again.
 * @param signal also one of `withDeadline`, whose reason is then thrown
 */
export async function pause(signal: AbortSignal): Promise<void> {
  await delay(POLL_MS, undefined, { signal }).catch(() => {
    throw isTsbxError(signal.reason) ? signal.reason : abortedError(signal);
  });
}
