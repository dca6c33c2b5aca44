import { parseDuration } from "@tsbx/core/driver";
import { TsbxError } from "@tsbx/core/errors";

/** The flag of the commands that ask a builder's nodes. */
export const TIMEOUT_FLAG = {
  type: "string",
  value: "duration",
  doc: "How long the builder's nodes may take to answer (default 20s)",
} as const;

const DEFAULT_TIMEOUT_MS = 20_000;

/**
 * The value of {@link TIMEOUT_FLAG} in milliseconds; 0 is no limit.
 * @throws TsbxError `INVALID_FLAG`
 */
export function parseTimeout(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TIMEOUT_MS;
  const milliseconds = parseDuration(text);
  if (milliseconds !== undefined) return Math.max(0, milliseconds);
  throw new TsbxError("INVALID_FLAG", `invalid argument "${text}" for "--timeout" flag: not a duration`, {
    hint: "Write it like 20s, 1m30s or 500ms.",
  });
}
