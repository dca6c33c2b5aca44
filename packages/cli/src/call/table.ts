import { alignColumns } from "../format/align.ts";

/** Lines of cells in columns that are `padding` blanks apart; the last column is not padded. */
export function table(lines: ReadonlyArray<readonly string[]>, padding: number): string {
  const text = lines.map((cells) => `${cells.join("\t")}\n`).join("");
  return alignColumns(text, { minWidth: 0, padding });
}
