import { table } from "./table.ts";

/** `result.json` of `frontend.outline` 1.0. */
interface Outline {
  name?: string;
  description?: string;
  args?: Array<{ name: string; value?: string; description?: string }> | null;
  secrets?: Array<{ name: string; required?: boolean }> | null;
  ssh?: Array<{ name: string; required?: boolean }> | null;
}

/** The parameters of a target: what can be given to it, and what must be. */
export function outlineText({ name = "", description, args, secrets, ssh }: Outline): string {
  const parts: string[] = [];
  if (name || description) {
    const lines = [["TARGET:", name || "(default)"]];
    if (description) lines.push(["DESCRIPTION:", description]);
    parts.push(table(lines, 1));
  }
  if (args?.length) {
    const lines = args.map(({ name, value = "", description = "" }) => [name, value, description]);
    parts.push(table([["BUILD ARG", "VALUE", "DESCRIPTION"], ...lines], 3));
  }
  if (secrets?.length) parts.push(table([["SECRET", "REQUIRED"], ...secrets.map(requirement)], 3));
  if (ssh?.length) parts.push(table([["SSH", "REQUIRED"], ...ssh.map(requirement)], 3));
  return parts.map((part) => `${part}\n`).join("");
}

function requirement({ name, required }: { name: string; required?: boolean }): string[] {
  return [name, required ? "true" : ""];
}
