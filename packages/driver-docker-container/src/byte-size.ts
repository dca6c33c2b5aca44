const SIZE = /^(\d+(?:\.\d+)?) ?([kmgtp]?)(?:i?b)?$/i;
const POWERS = ["", "k", "m", "g", "t", "p"];

/** Bytes out of `512m`, `1.5g`, `4096`, with binary units as Docker reads them; undefined when it is none. */
export function byteSize(text: string): number | undefined {
  const [, number, unit = ""] = SIZE.exec(text) ?? [];
  return number === undefined
    ? undefined
    : Math.trunc(Number(number) * 1024 ** POWERS.indexOf(unit.toLowerCase()));
}
