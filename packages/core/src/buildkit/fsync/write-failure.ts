import { TsbxError } from "../../errors.ts";
import { textOf } from "./byte-name.ts";

/**
 * The error for a failure to write a received entry: `EXPORT_FAILED` for the file system's errors, whose own
 * text names a descriptor; others are what they were.
 * @param path a binary string
 */
export function writeFailure(path: string, error: unknown): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  const reason = /^\w+: ([^,]+)/.exec(message)?.[1] ?? code;
  return new TsbxError("EXPORT_FAILED", `cannot write ${textOf(path)}: ${reason}`, { cause: error });
}
