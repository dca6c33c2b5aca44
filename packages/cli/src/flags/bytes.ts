import { TsbxError } from "@tsbx/core/errors";

const UNITS: Readonly<Record<string, number>> = { "": 0, b: 0, k: 1, m: 2, g: 3, t: 4, p: 5 };

/**
 * A size such as `64m` or `1.5GB`, in bytes; units are powers of 1024. A flag that was not given is 0.
 * @param flag the flag's name, for the error
 * @throws TsbxError `INVALID_FLAG`
 */
export function parseBytes(flag: string, text: string | undefined): number {
  if (text === undefined) return 0;
  const [, count, unit = ""] = /^(\d+(?:\.\d*)?|\.\d+) ?([kmgtp]?)(?:i?b)?$/i.exec(text) ?? [];
  if (count === undefined) {
    throw new TsbxError("INVALID_FLAG", `invalid argument "${text}" for "--${flag}" flag: invalid size`, {
      hint: "Write it as a number with b, k, m, g or t, such as 512m.",
    });
  }
  return Math.trunc(Number(count) * 1024 ** UNITS[unit.toLowerCase()]!);
}
