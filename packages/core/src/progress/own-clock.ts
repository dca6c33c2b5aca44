import type { Nanoseconds, ProgressEvent } from "./events.ts";

/** This machine's time. */
export function wallClock(): Nanoseconds {
  return BigInt(Date.now()) * 1_000_000n;
}

/**
 * Puts the events of one daemon on this machine's clock, whatever the daemon's says: the latest time in the first
 * event that has a start is taken to be now.
 */
export class OwnClock {
  readonly #now: () => Nanoseconds;
  #skew: Nanoseconds | undefined;

  constructor(now: () => Nanoseconds = wallClock) {
    this.#now = now;
  }

  shift(event: ProgressEvent): ProgressEvent {
    if (this.#skew === undefined && event.vertexes.some(({ started }) => started !== undefined)) {
      this.#skew = this.#now() - latest(event);
    }
    const skew = this.#skew;
    if (!skew) return event;
    const shifted = <T extends Times>(item: T): T => ({
      ...item,
      ...(item.started !== undefined && { started: item.started + skew }),
      ...(item.completed !== undefined && { completed: item.completed + skew }),
      ...(item.timestamp !== undefined && { timestamp: item.timestamp + skew }),
    });
    return {
      vertexes: event.vertexes.map(shifted),
      statuses: event.statuses.map(shifted),
      logs: event.logs.map(shifted),
      warnings: event.warnings,
    };
  }
}

interface Times {
  started?: Nanoseconds;
  completed?: Nanoseconds;
  timestamp?: Nanoseconds;
}

function latest({ vertexes, statuses, logs }: ProgressEvent): Nanoseconds {
  let found: Nanoseconds = 0n;
  const items: Times[] = [...vertexes, ...statuses, ...logs];
  for (const { started, completed, timestamp } of items) {
    for (const time of [started, completed, timestamp]) if (time !== undefined && time > found) found = time;
  }
  return found;
}
