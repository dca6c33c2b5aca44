import { table } from "./table.ts";

/** `result.json` of `frontend.targets` 1.0. */
interface Targets {
  targets?: Array<{ name?: string; default?: boolean; description?: string }> | null;
}

/** The stages that can be built. */
export function targetsText({ targets }: Targets): string {
  const lines = (targets ?? []).map(({ name = "", default: isDefault, description = "" }) => [
    [name, isDefault ? "(default)" : ""].filter(Boolean).join(" "),
    description,
  ]);
  return table([["TARGET", "DESCRIPTION"], ...lines], 1);
}
