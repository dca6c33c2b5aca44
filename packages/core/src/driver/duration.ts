const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy;
const MILLISECONDS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * A duration as Go writes them (`90s`, `1h30m`, `1.5h`, `-2ms`, `0`) in milliseconds, or undefined when
 * `text` is not one.
 */
export function parseDuration(text: string): number | undefined {
  const [, sign, body] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === undefined || body === "") return undefined;
  if (body === "0") return 0;
  let total = 0;
  let end = 0;
  for (const part of body.matchAll(PART)) {
    total += Number(part[1]) * (MILLISECONDS[part[2]!] ?? 0);
    end = part.index + part[0].length;
  }
  if (end !== body.length) return undefined;
  return sign === "-" ? -total : total;
}
