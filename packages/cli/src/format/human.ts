import { formatDecimal } from "../progress/number-format.ts";

const DECIMAL_UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
const BINARY_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

/** Bytes in decimal units with at most four digits: `829.9MB`, `4.096kB`, `0B`. */
export function humanSize(bytes: number): string {
  return scaled(bytes, 1000, DECIMAL_UNITS);
}

/** Bytes in binary units with at most four digits: `1.5GiB`. */
export function bytesSize(bytes: number): string {
  return scaled(bytes, 1024, BINARY_UNITS);
}

function scaled(bytes: number, base: number, units: readonly string[]): string {
  let size = bytes;
  let unit = 0;
  for (; size >= base && unit < units.length - 1; unit++) size /= base;
  const whole = Math.trunc(size).toString().length;
  const digits = formatDecimal(size, Math.max(0, 4 - whole));
  return `${digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits}${units[unit]}`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** About how long `milliseconds` are: `Less than a second`, `About a minute`, `2 hours`, `3 weeks`. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < MINUTE) return `${seconds} seconds`;
  const minutes = Math.trunc(seconds / MINUTE);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.trunc(milliseconds / 1000 / HOUR + 0.5);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(Math.trunc(seconds / HOUR) / 24 / 365)} years`;
}
