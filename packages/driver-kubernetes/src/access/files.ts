import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { TsbxError } from "@tsbx/core/driver";
import { type Named, stringField } from "./kubeconfig.ts";

/** What a field holds in base64 itself (`...-data`) or names the file of. */
export async function fieldContent(named: Named, field: string): Promise<Buffer | undefined> {
  const data = stringField(named.fields, `${field}-data`);
  return data === undefined ? fileContent(named, field) : Buffer.from(data, "base64");
}

/**
 * The content of the file that a field names.
 * @throws TsbxError `KUBERNETES_FILE_UNREADABLE` naming it
 */
export async function fileContent(
  { name, directory, fields }: Named,
  field: string,
): Promise<Buffer | undefined> {
  const file = stringField(fields, field);
  if (file === undefined) return undefined;
  const path = resolve(directory, file);
  try {
    return await readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TsbxError("KUBERNETES_FILE_UNREADABLE", `cannot read the ${field} of ${name}: ${reason}`, {
      hint: `Check the path ${file} where it is named, and the permissions of the file.`,
      cause,
    });
  }
}
