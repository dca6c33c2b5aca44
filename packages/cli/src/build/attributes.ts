import { TsbxError } from "@tsbx/core/errors";
import { parseCsv } from "../flags/csv.ts";
import { splitKeyValue } from "../flags/key-value.ts";

/**
 * Reads `type=x,key=value,...`; keys are folded to lower case, unless `folds` says otherwise.
 * @throws TsbxError with `code` when a field has no `=`, or the type is missing.
 */
export function parseTyped(
  text: string,
  code: string,
  folds: (key: string) => boolean = () => true,
): { type: string; attrs: Record<string, string> } {
  const fields: Record<string, string> = Object.create(null);
  for (const field of parseCsv(text)) {
    const [key, value] = splitKeyValue(field);
    if (value === undefined)
      throw new TsbxError(code, `invalid value ${field}`, { hint: "Write it as key=value." });
    const folded = key.trim().toLowerCase();
    fields[folds(folded) ? folded : key] = value;
  }
  const { type, ...attrs } = fields;
  if (!type) throw new TsbxError(code, `type required for "${text}"`);
  return { type, attrs };
}
