import { setTimeout } from "node:timers/promises";

const POLL_MS = 50;

/** Waits until it is time to look again. Rejects with the signal's reason. */
export async function pause(signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(POLL_MS, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
