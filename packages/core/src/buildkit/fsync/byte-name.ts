/**
 * Names of files are bytes, which need not be UTF-8. Here they are "binary strings", of one character per
 * byte: they compare and sort as their bytes do, and keep them whatever they are.
 */
export function isAscii(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII
  return /^[\x00-\x7f]*$/.test(name);
}

/** The text that a name's bytes stand for, for people and for patterns. What is not UTF-8 becomes U+FFFD. */
export function textOf(name: string): string {
  return isAscii(name) ? name : Buffer.from(name, "latin1").toString("utf8");
}
