import { setTimeout as delay } from "node:timers/promises";
import { throwIfAborted } from "@tsbx/core/driver";

const POLL_MS = 300;

/** Waits until it is time to look again. */
export async function pause(signal: AbortSignal): Promise<void> {
  await delay(POLL_MS, undefined, { signal }).catch(() => throwIfAborted(signal));
}
