import { TemplateError } from "./error.ts";
import { Evaluator, type Reading } from "./evaluate.ts";
import { FUNCTIONS, type TemplateFunction } from "./functions.ts";
import type { Part } from "./syntax.ts";
import { isFields } from "./values.ts";

/** These leave a header as it is. */
const UNCHANGED = ["json", "join", "split", "lower", "upper", "title", "truncate", "index", "slice"];

const first: TemplateFunction = { least: 1, call: (value) => value };

const READING: Reading = {
  functions: { ...FUNCTIONS, ...Object.fromEntries(UNCHANGED.map((name) => [name, first])) },
  fieldOf: (value, name) => (isFields(value) && Object.hasOwn(value, name) ? value[name] : words(name)),
  itemsOf: (value) => [[0, value]],
};

/** What the template makes of `headers`, which are by field; a field that has none is headed by its name. */
export function renderHeaders(parts: readonly Part[], headers: Readonly<Record<string, string>>): string {
  const evaluator = new Evaluator(headers, READING);
  try {
    evaluator.run(parts);
  } catch (error) {
    // What it does with values may make no sense with their headers.
    if (!(error instanceof TemplateError)) throw error;
  }
  return evaluator.output.join("");
}

/** `LastActivity` as `LAST ACTIVITY`. */
function words(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toUpperCase();
}
