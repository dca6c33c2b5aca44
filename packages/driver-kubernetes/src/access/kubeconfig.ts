import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { TsbxError } from "@tsbx/core/driver";

export type Fields = Readonly<Record<string, unknown>>;

/** What a kubeconfig says of one cluster, in the file's own terms; paths are absolute. */
export type Named = { name: string; directory: string; fields: Fields };

/** One or more kubeconfig files, merged: what is said first counts. */
export interface Kubeconfig {
  files: readonly string[];
  currentContext?: string;
  clusters: readonly Named[];
  users: readonly Named[];
  contexts: readonly Named[];
}

/**
 * Reads and merges kubeconfig files. Those that do not exist are passed over, as kubectl does.
 * @returns undefined when none exists
 * @throws TsbxError `INVALID_KUBECONFIG` naming the file
 */
export async function readKubeconfig(files: readonly string[]): Promise<Kubeconfig | undefined> {
  const read: Kubeconfig[] = [];
  for (const file of files) {
    const text = await readIfThere(file);
    if (text !== undefined) read.push(await parse(file, text));
  }
  if (read.length === 0) return undefined;
  return {
    files: read.flatMap(({ files }) => files),
    currentContext: read.find(({ currentContext }) => currentContext)?.currentContext,
    clusters: read.flatMap(({ clusters }) => clusters),
    users: read.flatMap(({ users }) => users),
    contexts: read.flatMap(({ contexts }) => contexts),
  };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw invalid(file, `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

async function parse(file: string, text: string): Promise<Kubeconfig> {
  const { load } = await import("js-yaml");
  let content: unknown;
  try {
    content = load(text) ?? {};
  } catch (cause) {
    throw invalid(file, `is not YAML: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  if (!isFields(content)) throw invalid(file, "is not a kubeconfig");
  const root = content;
  const directory = dirname(resolve(file));
  const named = (list: string, key: string): Named[] => {
    const entries = root[list] ?? [];
    if (!Array.isArray(entries)) throw invalid(file, `has ${list} that are no list`);
    return entries.map((entry: unknown, index) => {
      if (!isFields(entry) || typeof entry.name !== "string")
        throw invalid(file, `has no name in ${list}[${index}]`);
      const fields = entry[key] ?? {};
      if (!isFields(fields)) throw invalid(file, `has no ${key} in ${list}[${index}]`);
      return { name: entry.name, directory, fields };
    });
  };
  return {
    files: [file],
    currentContext: stringField(root, "current-context"),
    clusters: named("clusters", "cluster"),
    users: named("users", "user"),
    contexts: named("contexts", "context"),
  };
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field's text; undefined when it is absent or empty. */
export function stringField(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function invalid(file: string, problem: string, cause?: unknown): TsbxError {
  return new TsbxError("INVALID_KUBECONFIG", `the kubeconfig ${file} ${problem}`, {
    hint: "Check it with: kubectl config view",
    cause,
  });
}
