import type { BuiltIn } from "../evaluation/built-in.ts";
import { EvaluationError } from "../evaluation/values.ts";
import { define } from "./define.ts";

const WORDS = "[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*";
const VERSION = new RegExp(`^v?([0-9]+)\\.([0-9]+)\\.([0-9]+)(?:-((?:${WORDS})?))?(?:\\+(?:${WORDS})?)?$`);

/** Versions of semver.org, also with a v before them and with zeros before numbers. */
export const SEMVER: Readonly<Record<string, BuiltIn>> = {
  "semver.is_valid": define(["any"], (text) => typeof text === "string" && parse(text) !== undefined),
  "semver.compare": define(["string", "string"], (a, b) => {
    const [left, right] = [parse(a), parse(b)];
    return left && right && compareVersions(left, right);
  }),
};

interface Version {
  release: number[];
  pre: string[];
}

function parse(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (!match) return undefined;
  return { release: match.slice(1, 4).map(number), pre: match[4] ? match[4].split(".") : [] };
}

function number(digits: string): number {
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) throw new EvaluationError(`the version part ${digits} is not supported`);
  return value;
}

function compareVersions(a: Version, b: Version): number {
  for (const [index, part] of a.release.entries()) {
    const difference = Math.sign(part - b.release[index]!);
    if (difference !== 0) return difference;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length);
  for (const [index, part] of a.pre.entries()) {
    const other = b.pre[index];
    if (other === undefined) return 1;
    const difference = compareParts(part, other);
    if (difference !== 0) return difference;
  }
  return Math.sign(a.pre.length - b.pre.length);
}

/** Numbers come before words. */
function compareParts(a: string, b: string): number {
  const [left, right] = [a, b].map((part) => /^[0-9]+$/.test(part));
  if (left && right) return Math.sign(number(a) - number(b));
  if (left !== right) return left ? -1 : 1;
  return Number(a > b) - Number(a < b);
}
