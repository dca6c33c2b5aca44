import { displayWidth } from "../progress/display-width.ts";

export interface AlignOptions {
  /** The least width of a column, with its padding. */
  minWidth: number;
  /** What stands at least between two columns. */
  padding: number;
  /** With tabs, columns end at multiples of 8. */
  padWith?: " " | "\t";
}

const TAB_WIDTH = 8;

/**
 * Aligns the cells of `text`, each of which ends with a tab: neighbouring lines that have a cell in the same
 * column share its width. What follows a line's last tab belongs to no column. This is what Go's
 * `text/tabwriter` does, with which the peer aligns everything.
 */
export function alignColumns(text: string, { minWidth, padding, padWith = " " }: AlignOptions): string {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const widths = columnWidths(lines, (cell) => Math.max(minWidth, cell + padding));
  return lines
    .map((cells, row) =>
      cells.map((cell, column) => cell + pad(displayWidth(cell), widths[row]![column], padWith)).join(""),
    )
    .join("\n");
}

/** The width of each cell that is in a column, by line. */
function columnWidths(lines: readonly string[][], columnWidth: (cell: number) => number): number[][] {
  const widths: number[][] = lines.map(() => []);
  for (let column = 0, from = -1; ; column++) {
    let any = false;
    for (let row = 0; row <= lines.length; row++) {
      const inside = row < lines.length && lines[row]!.length - 1 > column;
      if (inside && from < 0) from = row;
      if (inside || from < 0) continue;
      any = true;
      const cells = lines.slice(from, row).map((line) => displayWidth(line[column]!));
      const width = cells.map(columnWidth).reduce((a, b) => Math.max(a, b));
      for (; from < row; from++) widths[from]![column] = width;
      from = -1;
    }
    if (!any) return widths;
  }
}

function pad(used: number, width: number | undefined, padWith: " " | "\t"): string {
  if (width === undefined) return "";
  if (padWith === " ") return " ".repeat(width - used);
  return "\t".repeat(Math.ceil((Math.ceil(width / TAB_WIDTH) * TAB_WIDTH - used) / TAB_WIDTH));
}
