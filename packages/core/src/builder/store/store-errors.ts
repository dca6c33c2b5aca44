import { TsbxError } from "../../errors.ts";

export function unreadable(path: string, cause: unknown): TsbxError {
  return new TsbxError("STORE_UNREADABLE", `cannot read the builder store: ${path}: ${messageOf(cause)}`, {
    hint: "Update tsbx if a newer version wrote the file; otherwise move the file away.",
    cause,
  });
}

export function unwritable(path: string, cause: unknown): TsbxError {
  return new TsbxError("STORE_UNWRITABLE", `cannot change the builder store: ${path}: ${messageOf(cause)}`, {
    cause,
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
