import { setTimeout } from "node:timers/promises";

/** Waits for what has to happen within `seconds` from now. */
export async function within<T>(seconds: number, subject: string, promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = setTimeout(seconds * 1000, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${subject} did not end within ${seconds} s`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
  }
}
