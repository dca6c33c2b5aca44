const ESCAPE = /\\(?:([abfnrtv\\'"])|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|)/g;
const SIMPLE: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** What the inside of a quoted Go string means, or undefined when one of its escapes is none. */
export function unquote(text: string): string | undefined {
  let valid = true;
  const value = text.replace(ESCAPE, (_, simple, byte, short, long, octal) => {
    if (simple !== undefined) return SIMPLE[simple] ?? simple;
    const digits: string | undefined = byte ?? short ?? long;
    const codePoint = digits === undefined ? Number.parseInt(octal, 8) : Number.parseInt(digits, 16);
    if (codePoint <= 0x10ffff) return String.fromCodePoint(codePoint);
    valid = false;
    return "";
  });
  return valid ? value : undefined;
}
