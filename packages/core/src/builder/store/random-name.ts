import { randomInt } from "node:crypto";
import { ADJECTIVES, SURNAMES } from "./name-words.ts";

/** A name such as `brisk_lovelace`, with a digit behind it when `withDigit`. */
export function randomName(withDigit: boolean): string {
  const name = `${pick(ADJECTIVES)}_${pick(SURNAMES)}`;
  return withDigit ? `${name}${randomInt(10)}` : name;
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)]!;
}
