import fc from "fast-check";
import { it } from "vitest";

export interface FuzzOptions {
  /** How many values at most. */
  runs?: number;
  /** How long one value may take. */
  deadlineMs?: number;
  /** How long the test goes on at most, where it is not told to be longer. */
  seconds?: number;
}

/**
 * `TSBX_FUZZ_SECONDS` lets each test run that long, and as many new values as fit; else it is short, bounded, and the
 * same each time: a change is not held up by what it has no part in.
 */
const LONGER = Number(process.env.TSBX_FUZZ_SECONDS ?? 0);
/** `TSBX_FUZZ_SEED` repeats what a seed that was logged has made. */
const SEED = Number(process.env.TSBX_FUZZ_SEED ?? (LONGER ? Math.floor(Math.random() * 2 ** 31) : 1));
const SECONDS = 0.4;
const RUNS = 10_000;
const CHUNK = 50;
const DEADLINE_MS = 5_000;
/** For the chunk that is under way when the time is up. */
const GRACE_MS = 60_000;

if (LONGER) console.log(`fuzzed with TSBX_FUZZ_SEED=${SEED}`);

/**
 * A test that gives `check` one made-up value after the other, until there were `runs` of them or the time is up.
 * It fails when `check` does, or takes too long, and then shows the smallest value of the kind that was found.
 */
export function fuzz<T>(
  name: string,
  values: fc.Arbitrary<T>,
  check: (value: T) => unknown,
  { runs = RUNS, deadlineMs = DEADLINE_MS, seconds = SECONDS }: FuzzOptions = {},
): void {
  let late = false;
  const property = fc.asyncProperty(values, async (value) => {
    // No smaller value is looked for when each would take that long.
    if (late) return;
    try {
      await inTime(check, value, deadlineMs);
    } catch (error) {
      late = error instanceof LateError;
      throw error;
    }
  });
  const most = LONGER ? Number.POSITIVE_INFINITY : runs;
  const limit = (LONGER || seconds) * 1000;
  it(
    name,
    async () => {
      const end = performance.now() + limit;
      let done = 0;
      for (let seed = SEED; done < most && performance.now() < end; seed++) {
        const numRuns = Math.min(CHUNK, most - done);
        await fc.assert(property, { seed, numRuns });
        done += numRuns;
      }
      if (LONGER) console.log(`${name}: ${done} values`);
    },
    limit + GRACE_MS,
  );
}

class LateError extends Error {}

async function inTime<T>(check: (value: T) => unknown, value: T, limit: number): Promise<void> {
  const started = performance.now();
  const checking = check(value);
  if (checking instanceof Promise) await within(limit, checking);
  const took = performance.now() - started;
  // What never gave the event loop a turn got no word from the timer.
  if (took > limit) throw new LateError(`it took ${Math.round(took)} ms`);
}

async function within(limit: number, checking: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateError(`it goes on after ${limit} ms`)), limit);
  });
  try {
    await Promise.race([checking, late]);
  } finally {
    clearTimeout(timer);
  }
}
