import assert from "node:assert/strict";
import { isTsbxError, type TsbxError } from "@tsbx/core";

const CODE = /^[A-Z][A-Z0-9_]*$/;

/** The error that `action` rejects with, which must be a `TsbxError` of the code, when one is given. */
export async function rejection(
  what: string,
  action: () => unknown,
  code: string | RegExp = CODE,
): Promise<TsbxError> {
  let outcome: unknown;
  try {
    outcome = await action();
  } catch (error) {
    assertTyped(what, error, code);
    return error;
  }
  assert.fail(`${what} did not reject, but gave ${String(outcome)}`);
}

/** Checks that what was thrown is a `TsbxError` with a stable code and a message. */
export function assertTyped(
  what: string,
  error: unknown,
  code: string | RegExp = CODE,
): asserts error is TsbxError {
  if (!isTsbxError(error)) {
    assert.fail(`${what} rejected with something other than a TsbxError: ${String(error)}`);
  }
  const fits = typeof code === "string" ? error.code === code : code.test(error.code);
  assert.ok(fits, `${what} rejected with ${error.code} (${error.message}), expected ${code}`);
  assert.ok(error.message.length > 0, `${what} rejected with an empty message`);
}

/** Waits for `promise`; fails when that takes longer than `milliseconds`. */
export async function within<T>(milliseconds: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new assert.AssertionError({ message: `${what} took longer than ${milliseconds} ms` });
    timer = setTimeout(() => reject(error), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
