import { displayWidth } from "./display-width.ts";

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const CLEAR_TO_LINE_END = "\u001b[K";
const CLEAR_BELOW = "\u001b[J";
const COLORS = /\p{Cc}\[[\d;]*m/gu;

/**
 * Draws pictures over one another at the end of a terminal. The cursor is hidden only within the one write
 * that makes a picture, so it is visible whenever and however the process ends.
 */
export class Screen {
  #previous: string[] = [];

  /** What to write to put `lines` in place of the picture before. */
  draw(lines: string[], width: number): string {
    const rows = this.#previous.reduce((sum, line) => sum + rowCount(line, width), 0);
    this.#previous = lines;
    const up = rows === 0 ? "" : `\u001b[${rows}A`;
    const picture = lines.map((line) => `${line}${CLEAR_TO_LINE_END}\n`).join("");
    return `${HIDE_CURSOR}${up}\r${picture}${CLEAR_BELOW}${SHOW_CURSOR}`;
  }
}

// After the terminal got narrower a line of the picture before takes several rows.
function rowCount(line: string, width: number): number {
  return Math.max(1, Math.ceil(displayWidth(line.replace(COLORS, "")) / width));
}
