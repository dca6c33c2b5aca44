/** Splits at the first `=`; the value is `undefined` where there is none. */
export function splitKeyValue(text: string): [key: string, value: string | undefined] {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)];
}
