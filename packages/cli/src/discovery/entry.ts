import { join } from "node:path";
import { type DriverPackage, isRecord } from "./manifest.ts";

/** Conditions of package.json's `exports` that hold for an import by this CLI. */
const CONDITIONS = new Set(["node", "import", "module-sync", "default"]);

/** Path of the file that importing the package would load, or `undefined` when it has none. */
export function entryOf({
  directory,
  exports,
  main,
}: Pick<DriverPackage, "directory" | "exports" | "main">): string | undefined {
  if (exports === undefined || exports === null) return join(directory, main ?? "index.js");
  const root = isRecord(exports) && Object.hasOwn(exports, ".") ? exports["."] : exports;
  const target = targetOf(root);
  return target?.startsWith("./") ? join(directory, target) : undefined;
}

function targetOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(targetOf).find((target) => target !== undefined);
  if (!isRecord(value)) return undefined;
  for (const [condition, nested] of Object.entries(value)) {
    const target = CONDITIONS.has(condition) ? targetOf(nested) : undefined;
    if (target !== undefined) return target;
  }
  return undefined;
}
