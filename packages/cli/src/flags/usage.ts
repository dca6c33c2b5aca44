import type { FlagSpec, FlagTable } from "./table.ts";

/** The lines of a help text that describe the flags of `table`, in alphabetical order. */
export function flagUsage(table: FlagTable): string {
  const rows = Object.entries(table)
    .filter(([, spec]) => !spec.hidden)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, spec]) => ({ left: signature(name, spec), doc: spec.doc }));
  const width = Math.max(...rows.map(({ left }) => left.length));
  return rows.map(({ left, doc }) => `  ${left.padEnd(width)}   ${doc}\n`).join("");
}

function signature(name: string, { type, short, value }: FlagSpec): string {
  const prefix = short ? `-${short}, ` : "    ";
  return `${prefix}--${name}${type === "boolean" ? "" : ` ${value ?? "string"}`}`;
}
