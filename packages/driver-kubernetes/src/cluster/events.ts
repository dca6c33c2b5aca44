import type { CoreV1Event } from "@kubernetes/client-node";
import type { Cluster } from "./cluster.ts";

/** How many of an object's events a message has. */
const LAST = 5;

/** The events of an object, oldest first. Kubernetes keeps them for an hour. */
export async function eventsOf(
  { events }: Cluster,
  uid: string,
  signal: AbortSignal,
): Promise<CoreV1Event[]> {
  const all = await events.list({ fieldSelector: `involvedObject.uid=${uid}` }, signal);
  return [...all].sort((a, b) => timeOf(a) - timeOf(b));
}

export function eventLines(events: readonly CoreV1Event[]): string[] {
  return events.slice(-LAST).map(({ type, reason, message, count }) => {
    const times = count !== undefined && count > 1 ? ` (${count} times)` : "";
    return `${type} ${reason}: ${message?.trim()}${times}`;
  });
}

function timeOf({ lastTimestamp, eventTime, firstTimestamp }: CoreV1Event): number {
  return Date.parse(String(lastTimestamp ?? eventTime ?? firstTimestamp ?? 0)) || 0;
}
