import { displayWidth } from "./display-width.ts";

/** Hides the cursor, and ends long lines at the edge: terminals disagree about the width of some characters. */
const BEGIN = "\u001b[?25l\u001b[?7l";
const END = "\u001b[?7h\u001b[?25h";
const CLEAR_TO_LINE_END = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";
const COLORS = /\p{Cc}\[[\d;]*m/gu;
const AT_COLUMN = /^.*\p{Cc}\[(\d+)G(.*)$/u;

/**
 * Draws pictures over one another at the end of a terminal. The cursor is hidden, and lines do not wrap, only within
 * the one write that makes a picture, so all is as it was whenever and however the process ends.
 */
export class Screen {
  #previous: string[] = [];
  #width: number | undefined;

  /** What to write to put `lines` in place of the picture before. */
  draw(lines: string[], width: number): string {
    const rows = this.#previous.reduce((sum, line) => sum + rowCount(line, width), 0);
    // A terminal that got another size may still take what was one line for one.
    const clear = this.#width === undefined || this.#width === width ? "" : CLEAR_BELOW;
    this.#previous = lines;
    this.#width = width;
    const up = rows === 0 ? "" : `\u001b[${rows}A`;
    const picture = lines.map((line) => `${line}${CLEAR_TO_LINE_END}\n`).join("");
    return `${BEGIN}${up}\r${clear}${picture}${CLEAR_BELOW}${END}`;
  }
}

/** Text that begins at a column, counted from 1, wherever the terminal thinks what is in front of it ends. */
export function atColumn(column: number, text: string): string {
  return `${CLEAR_TO_LINE_END}\u001b[${column}G${text}`;
}

// After the terminal got narrower a line of the picture before takes several rows.
function rowCount(line: string, width: number): number {
  const plain = line.replace(COLORS, "");
  const [, column, rest = ""] = AT_COLUMN.exec(plain) ?? [];
  const taken = column === undefined ? displayWidth(plain) : Number(column) - 1 + rest.length;
  return Math.max(1, Math.ceil(taken / width));
}
