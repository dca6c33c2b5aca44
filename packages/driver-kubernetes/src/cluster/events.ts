import type { CoreV1Event } from "@kubernetes/client-node";
import type { Cluster } from "./cluster.ts";

/** How many of an object's events a message has. */
const LAST = 5;

/** What events are about: an object, or, when it is gone and no more is known, all pods that had a name. */
export type EventSubject = { uid: string } | { pod: string };

/** The events of a subject, oldest first. Kubernetes keeps them for an hour. */
export async function eventsOf(
  { events }: Cluster,
  subject: EventSubject,
  signal: AbortSignal,
): Promise<CoreV1Event[]> {
  const fieldSelector =
    "uid" in subject
      ? `involvedObject.uid=${subject.uid}`
      : `involvedObject.kind=Pod,involvedObject.name=${subject.pod}`;
  const all = await events.list({ fieldSelector }, signal);
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
