import { alignColumns } from "./align.ts";
import { compileTemplate } from "./template/template.ts";

/** What can be listed with `--format`. */
export interface Listing<R> {
  /** Heads the columns of a table, by field. */
  headers: Readonly<Record<string, string>>;
  records: Iterable<R>;
  /** The fields of a record as templates and JSON see them; tables may show some of them otherwise. */
  fields(record: R, inTable: boolean): Readonly<Record<string, unknown>>;
}

/** A `--format` that was checked. */
export interface RecordFormat {
  /** Formats all records, each with a line feed behind it. */
  format<R>(listing: Listing<R>): string;
}

/**
 * Reads a `--format`: `json` is one object a line, `table TEMPLATE` has headers and aligned columns (the
 * template's tabs are between them), anything else is a template for each record. The characters `\t` and
 * `\n` stand for tab and line feed.
 * @throws TsbxError `INVALID_FORMAT`, also when formatting
 */
export function recordFormat(format: string): RecordFormat {
  const inTable = format.startsWith(TABLE);
  const template = compileTemplate(format === "json" ? "{{json .}}" : templateOf(format));
  return {
    format({ headers, records, fields }) {
      let text = inTable ? `${template.headers(headers)}\n` : "";
      for (const record of records) text += `${template.render(fields(record, inTable))}\n`;
      return inTable ? alignColumns(text, { minWidth: 10, padding: 3 }) : text;
    },
  };
}

const TABLE = "table";

function templateOf(format: string): string {
  const source = (format.startsWith(TABLE) ? format.slice(TABLE.length) : format).replace(/^ +| +$/g, "");
  // Inside of an action they are in quotes, which know these escapes themselves.
  return source.replace(/\{\{.*?\}\}|\\t|\\n/gs, (found) =>
    found === "\\t" ? "\t" : found === "\\n" ? "\n" : found,
  );
}
