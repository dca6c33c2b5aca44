import { reportingFormat } from "./error.ts";
import { Evaluator } from "./evaluate.ts";
import { renderHeaders } from "./headers.ts";
import { parseTemplate } from "./parse.ts";

/** A template that was parsed once, for any number of values. */
export interface Template {
  /** @throws TsbxError `INVALID_FORMAT` */
  render(data: unknown): string;
  /** The headers of a table whose rows it renders. A field that has none in `headers` is headed by its name. */
  headers(headers: Readonly<Record<string, string>>): string;
}

/**
 * Parses a template in the language of Go's `text/template`, with the functions of Docker's tools. There are
 * no templates inside of it (`define`, `template`, `block`), and `range` does not count.
 * @throws TsbxError `INVALID_FORMAT`
 */
export function compileTemplate(source: string): Template {
  const parts = reportingFormat(source, () => parseTemplate(source));
  return {
    render: (data) =>
      reportingFormat(source, () => {
        const evaluator = new Evaluator(data);
        evaluator.run(parts);
        return evaluator.output.join("");
      }),
    headers: (headers) => reportingFormat(source, () => renderHeaders(parts, headers)),
  };
}

/** {@link compileTemplate} for one value. */
export function renderTemplate(source: string, data: unknown): string {
  return compileTemplate(source).render(data);
}
