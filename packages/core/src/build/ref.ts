import { randomBytes } from "node:crypto";

const LENGTH = 25;
const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/**
 * A new identifier in BuildKit's form, 25 characters of base 36: for builds, sessions and uploads. Other
 * tools read it out of build records, so the form matters.
 */
export function newRef(): string {
  let ref = "";
  while (ref.length < LENGTH) {
    // 252 is the largest multiple of 36 in a byte: what is above would make some characters likelier.
    for (const byte of randomBytes(32)) if (byte < 252 && ref.length < LENGTH) ref += ALPHABET[byte % 36];
  }
  return ref;
}
