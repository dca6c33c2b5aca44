import { EvaluationError } from "../evaluation/values.ts";
import { type Translation, translate } from "./translate.ts";

/** Classes whose meaning is not the same in JavaScript. */
const CLASSES: Readonly<Record<string, string>> = {
  d: "0-9",
  w: "0-9A-Za-z_",
  s: "\\t\\n\\f\\r ",
};

const MEMBERS: Translation = [
  [/^\\([dws])/, ([, letter]) => CLASSES[letter!]!],
  [/^\\[nrtf]/, ([text]) => text],
  [/^\\([\\\]^[.+*?()|{}$/-])/, ([, character]) => `\\${character}`],
  [/^[-\]^\\]/, ([text]) => (text === "-" ? "-" : `\\${text}`)],
  [/^[(){}|/.*+?$]/, ([text]) => `\\${text}`],
  [/^[^[&~]/u, ([text]) => text],
];

/** Nothing that JavaScript takes. */
const BROKEN = "(?";

const PARTS: Translation = [
  [/^\\([dws])/, ([, letter]) => `[${CLASSES[letter!]}]`],
  [/^\\([DWS])/, ([, letter]) => `[^${CLASSES[letter!.toLowerCase()]}]`],
  [/^\\[bnrtf]/, ([text]) => text],
  [/^\\([\\.+*?()|[\]{}^$/])/, ([, character]) => `\\${character}`],
  [/^\\(["'\-_@#%&=~`!<>,;: ])/, ([, character]) => character!],
  [/^\./, () => "[^\\n]"],
  [
    /^\[(\^?)((?:\\.|[^\]\\[])+)\]/s,
    ([, not, text]) => {
      const members = translate(text!, MEMBERS);
      return members === undefined ? BROKEN : `[${not}${members}]`;
    },
  ],
  [/^\((?:\?:)?(?!\?)/, ([text]) => text],
  // Nothing is repeated twice, and nothing more often than RE2 does.
  [/^(?:[*+?]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})\??(?![*+?{])/, ([text]) => text],
  [/^[)|^$]/, ([text]) => text],
  [/^\//, () => "\\/"],
  [/^[^\\[\](){}.*+?|^$]/u, ([text]) => text],
];

/**
 * A pattern of RE2 as JavaScript's, where both mean the same.
 * @throws EvaluationError for the others
 */
export function regexOf(pattern: string): RegExp {
  const translated = translate(pattern, PARTS);
  try {
    // With this flag JavaScript refuses what has no meaning of its own.
    if (translated !== undefined) return new RegExp(translated, "u");
  } catch {
    // Said below.
  }
  throw new EvaluationError(`the regular expression ${JSON.stringify(pattern)} is not supported`);
}

/** Whether a group that is repeated captures something: what is captured then is not the same. */
export function capturesRepeatedly(pattern: string): boolean {
  const open: boolean[] = [];
  const text = pattern.replace(/\\.|\[(?:\\.|[^\]])*\]/gs, "x");
  for (const [index, character] of [...text].entries()) {
    if (character === "(") open.push(!text.startsWith("(?:", index));
    if (character !== ")") continue;
    const captures = open.pop() ?? false;
    if (captures && /[*+{]/.test(text[index + 1] ?? "")) return true;
    // A group around is as good as the one inside, when that captures.
    if (captures && open.length > 0) open[open.length - 1] = true;
  }
  return false;
}
