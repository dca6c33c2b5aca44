import { TsbxError } from "../../errors.ts";

const NAME = /^[a-zA-Z][a-zA-Z0-9._-]*$/;

/** Whether `text` can be the name of a builder or a node. */
export function isValidName(text: string): boolean {
  return NAME.test(text);
}

/**
 * The form of a builder's or node's name by which the store tells them apart.
 * @throws TsbxError `INVALID_NAME`
 */
export function normalizeName(text: string): string {
  if (isValidName(text)) return text.toLowerCase();
  throw new TsbxError(
    "INVALID_NAME",
    `invalid name ${text}, name needs to start with a letter and may not contain symbols, except ._-`,
  );
}
