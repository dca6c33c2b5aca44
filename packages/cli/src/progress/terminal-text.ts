import { displayWidth } from "./display-width.ts";

const ESC = "\\u001b";
const STRING_END = `(?:\\u0007|${ESC}\\\\|$)`;
// Control sequences, command strings (titles, links) and the short escapes; cut ones at the end as well.
const ESCAPES = new RegExp(
  `(?:${ESC}\\[|\\u009b)([0-?]*)[ -/]*([@-~]|$)|` +
    `${ESC}[\\]PX^_][^\\u0007\\u001b]*${STRING_END}|${ESC}[ -/]*(?:[0-~]|$)`,
  "g",
);
// Whatever else moves the cursor, or turns the direction of the text around it.
const CONTROLS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const TAB_WIDTH = 8;
const RESET = "\u001b[0m";
/** A noncharacter that stands in for a kept colour while the controls, of which it has one, are dropped. */
const MARK = "\ufdd0";

/** What is written to a terminal, or to anything else: for a terminal, each line of it is made harmless. */
export function writable(text: string, { isTTY }: { isTTY?: boolean | undefined }): string {
  return isTTY && /(?!\n)\p{Cc}/u.test(text) ? terminalLines(text) : text;
}

/** {@link terminalText} for each line of a text. */
export function terminalLines(text: string): string {
  return text
    .split("\n")
    .map((line) => terminalText(line))
    .join("\n");
}

/**
 * One line of foreign text, such as a step's output, made harmless for a terminal: what a carriage return
 * would overwrite is gone, tabs are spaces, and nothing is left that moves the cursor or clears anything.
 * Colours are dropped as well, unless `colors` is set; then they end with the line.
 */
export function terminalText(text: string, { colors = false } = {}): string {
  const visible = afterLastReturn(text);
  const kept: string[] = [];
  const plain = visible.replaceAll(MARK, "").replace(ESCAPES, (_sequence, parameters, final) => {
    if (!colors || final !== "m" || !/^[\d;:]*$/.test(parameters)) return "";
    kept.push(`\u001b[${parameters}m`);
    return MARK;
  });
  const clean = expandTabs(plain).replace(CONTROLS, "");
  if (kept.length === 0) return clean;
  return clean.replaceAll(MARK, () => kept.shift()!) + RESET;
}

function afterLastReturn(text: string): string {
  const line = text.replace(/\r+$/, "");
  return line.slice(line.lastIndexOf("\r") + 1);
}

function expandTabs(text: string): string {
  if (!text.includes("\t")) return text;
  return text.split("\t").reduce((line, part) => {
    return `${line}${" ".repeat(TAB_WIDTH - (displayWidth(line.replaceAll(MARK, "")) % TAB_WIDTH))}${part}`;
  });
}
