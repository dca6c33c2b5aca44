import type { Nanoseconds } from "@tsbx/core/progress";

const BYTE_UNITS = ["kB", "MB", "GB", "TB", "PB", "EB"];

/** Splits before it converts, so that long times keep their fractions. */
export function toSeconds(time: Nanoseconds): number {
  return Number(time / 1_000_000_000n) + Number(time % 1_000_000_000n) / 1e9;
}

/**
 * `value` with so many decimals. An exact half goes to the even digit, where `toFixed` goes up: so figures
 * agree with those that other BuildKit clients print.
 */
export function formatDecimal(value: number, decimals: number): string {
  const rounded = value.toFixed(decimals);
  // Only odd multiples of 2^-(decimals+1) lie exactly between two decimals; this product is exact.
  const isHalf = Math.abs(value * 2 ** (decimals + 1)) % 2 === 1;
  if (!isHalf || Number(rounded.at(-1)) % 2 === 0) return rounded;
  return (value - Math.sign(value) * 10 ** -decimals * 0.25).toFixed(decimals);
}

/** In decimal units with two decimals, such as `1.05MB`; below 1000 as a whole number, such as `532B`. */
export function formatBytes(bytes: number): string {
  let scaled = Math.abs(bytes);
  if (scaled < 1000) return `${bytes}B`;
  let unit = -1;
  let divisor = 1;
  while (scaled >= 1000 && unit < BYTE_UNITS.length - 1) {
    unit++;
    divisor *= 1000;
    scaled = Math.abs(bytes) / divisor;
  }
  return `${formatDecimal(bytes / divisor, 2)}${BYTE_UNITS[unit]}`;
}

/** How far a status got: `1.05MB / 3.64MB`, just `1.05MB` while the total is unknown, or nothing. */
export function formatAmount({ current, total }: { current: number; total: number }): string {
  if (total !== 0) return `${formatBytes(current)} / ${formatBytes(total)}`;
  return current === 0 ? "" : formatBytes(current);
}

/** The time before a line of a step's output, in seconds: fewer decimals the longer it is. */
export function formatElapsed(elapsed: Nanoseconds): string {
  const seconds = toSeconds(elapsed);
  return formatDecimal(seconds, seconds < 10 ? 3 : seconds < 100 ? 2 : 1);
}
