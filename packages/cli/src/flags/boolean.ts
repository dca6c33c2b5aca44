const WORDS: Readonly<Record<string, boolean>> = {
  "1": true,
  t: true,
  T: true,
  true: true,
  TRUE: true,
  True: true,
  "0": false,
  f: false,
  F: false,
  false: false,
  FALSE: false,
  False: false,
};

/** The spellings that the peer takes for a boolean, and no others; `undefined` for anything else. */
export function parseBoolean(text: string): boolean | undefined {
  return Object.hasOwn(WORDS, text) ? WORDS[text] : undefined;
}
