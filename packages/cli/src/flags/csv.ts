import { TsbxError } from "@tsbx/core/errors";

/**
 * The fields of one CSV record: a field in double quotes may contain commas, line feeds and doubled quotes; a
 * quote anywhere else is an error. The rules are those of Go's `encoding/csv`, which the peer uses.
 * @throws TsbxError `INVALID_CSV`
 */
export function parseCsv(text: string): string[] {
  const fields: string[] = [];
  let rest = text;
  for (;;) {
    const quoted = rest.startsWith('"');
    const match = quoted ? /^"((?:[^"]|"")*)"(,|$)/.exec(rest) : /^([^",]*)(,|$)/.exec(rest);
    if (!match) throw malformed(text, quoted);
    fields.push(quoted ? match[1]!.replaceAll('""', '"') : match[1]!);
    if (match[2] === "") return fields;
    rest = rest.slice(match[0].length);
  }
}

/** One CSV record of `fields`, quoted where {@link parseCsv} needs it. */
export function formatCsv(fields: readonly string[]): string {
  return fields
    .map((field) => (/[",\r\n]|^\s/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(",");
}

function malformed(text: string, quoted: boolean): TsbxError {
  const what = quoted ? "a quoted field does not end properly" : "a quote inside a field that is not quoted";
  return new TsbxError("INVALID_CSV", `invalid comma-separated value ${text}: ${what}`, {
    hint: 'Quote the whole field and double the quotes inside it: "a ""b"", c".',
  });
}
