import { TsbxError } from "@tsbx/core/errors";

/** A template that cannot be used. `at` is where in the source, as an offset, when that is known. */
export class TemplateError extends Error {
  readonly at: number | undefined;
  readonly hint: string | undefined;

  constructor(message: string, at?: number, hint?: string) {
    super(message);
    this.at = at;
    this.hint = hint;
  }
}

/** Runs `action`; what goes wrong with the template becomes a TsbxError `INVALID_FORMAT` that says where. */
export function reportingFormat<T>(source: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof RangeError) throw invalidFormat("the result is too long", error);
    if (!(error instanceof TemplateError)) throw error;
    const place = error.at === undefined ? "" : ` at ${lineAndColumn(source, error.at)}`;
    throw invalidFormat(`${error.message}${place}`, error, error.hint);
  }
}

function invalidFormat(problem: string, cause: Error, hint?: string): TsbxError {
  return new TsbxError("INVALID_FORMAT", `invalid format: ${problem}`, {
    cause,
    ...(hint !== undefined && { hint }),
  });
}

function lineAndColumn(source: string, at: number): string {
  const before = source.slice(0, at).split("\n");
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}
