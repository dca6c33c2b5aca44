import type { Nanoseconds } from "@tsbx/core/progress";

const SECOND = 1_000_000_000n;

/** A time as Go prints it, in UTC: `2026-11-23 15:03:20.475773525 +0000 UTC`. */
export function goTime(time: Nanoseconds): string {
  const { date, clock, fraction } = parts(time);
  return `${date} ${clock}${fraction} +0000 UTC`;
}

/** A time as RFC 3339 has it, in UTC and with as much of the fraction as there is: `2026-11-23T15:03:20.5Z`. */
export function rfc3339(time: Nanoseconds): string {
  const { date, clock, fraction } = parts(time);
  return `${date}T${clock}${fraction}Z`;
}

/** A duration as Go prints it: `48h0m0s`, `1m30s`, `1.5s`, `250ms`, `0s`. */
export function goDuration(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  if (milliseconds < 0) return `-${goDuration(-milliseconds)}`;
  if (milliseconds < 1e-3) return `${Math.round(milliseconds * 1e6)}ns`;
  if (milliseconds < 1) return `${decimal(milliseconds * 1e3, 3)}µs`;
  if (milliseconds < 1000) return `${decimal(milliseconds, 6)}ms`;
  const total = Math.floor(milliseconds / 1000);
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = decimal((total % 60) + (milliseconds % 1000) / 1000, 9);
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds}s`;
}

function decimal(value: number, places: number): string {
  return String(Number(value.toFixed(places)));
}

function parts(time: Nanoseconds): { date: string; clock: string; fraction: string } {
  const nanos = ((time % SECOND) + SECOND) % SECOND;
  const [date = "", rest = ""] = new Date(Number((time - nanos) / 1_000_000n)).toISOString().split("T");
  const digits = nanos.toString().padStart(9, "0").replace(/0+$/, "");
  return { date, clock: rest.slice(0, 8), fraction: digits && `.${digits}` };
}
