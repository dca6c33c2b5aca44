import type { Timestamp } from "../../gen/google/protobuf/timestamp.ts";
import type { Nanoseconds } from "../../progress/events.ts";

export function nanoseconds(timestamp: Timestamp): Nanoseconds;
export function nanoseconds(timestamp: Timestamp | undefined): Nanoseconds | undefined;
export function nanoseconds(timestamp: Timestamp | undefined): Nanoseconds | undefined {
  return timestamp && timestamp.seconds * 1_000_000_000n + BigInt(timestamp.nanos);
}

export function timestampOf(date: Date): Timestamp {
  const ms = date.getTime();
  return { seconds: BigInt(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1e6 };
}
