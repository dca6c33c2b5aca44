import type { SecretSource } from "@tsbx/core";
import { TsbxError } from "@tsbx/core/errors";
import { parseCsv } from "../flags/csv.ts";
import { splitKeyValue } from "../flags/key-value.ts";
import { type Environment, variable } from "../io.ts";

/**
 * Reads the values of `--secret`: `id=x` with `src=path` or `env=NAME`. With neither, the secret is the
 * environment's variable named as the id, else the file of that name.
 * @throws TsbxError `INVALID_SECRET`
 */
export function parseSecrets(values: readonly string[], env: Environment): Record<string, SecretSource> {
  return Object.fromEntries(values.map((value) => parseSecret(value, env)));
}

const KEYS = ["id", "type", "src", "source", "env"];

function parseSecret(text: string, env: Environment): [id: string, source: SecretSource] {
  const fields: Record<string, string> = {};
  for (const field of parseCsv(text)) {
    const [name, value] = splitKeyValue(field);
    const key = name.toLowerCase();
    if (value === undefined) throw invalid(`invalid field '${field}' must be a key=value pair`);
    if (!KEYS.includes(key)) throw invalid(`unexpected key '${key}' in '${field}'`);
    fields[key === "source" ? "src" : key] = value;
  }
  const { id, type = "", src, env: name } = fields;
  if (!id) throw invalid("secret missing ID");
  if (!["", "file", "env"].includes(type)) throw invalid(`unsupported secret type "${type}"`);

  if (type !== "file" && name) return [id, fromEnvironment(name, env)];
  if (type === "env") return [id, fromEnvironment(src || id, env)];
  if (src) return [id, { file: src }];
  return [id, type === "" && variable(id, env) !== undefined ? fromEnvironment(id, env) : { file: id }];
}

function fromEnvironment(name: string, env: Environment): SecretSource {
  return { value: variable(name, env) ?? "" };
}

function invalid(message: string): TsbxError {
  return new TsbxError("INVALID_SECRET", message, {
    hint: "Write it as id=NAME,src=PATH or id=NAME,env=VARIABLE.",
  });
}
