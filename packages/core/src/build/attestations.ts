import type { BuildOptions } from "./options.ts";
import type { Plan } from "./plan.ts";

/** What the peer asks of every build that says nothing about provenance. */
const DEFAULT_PROVENANCE = "mode=min,inline-only=true";

/**
 * Adds the attestations to the plan. `supported` says whether the node's daemon knows them: only then is
 * the default asked for.
 */
export function planAttestations(options: BuildOptions, supported: boolean, plan: Plan): void {
  const wanted = options.attestations ?? {};
  for (const [type, params] of Object.entries(wanted)) {
    if (params === false) continue;
    const fields = Object.entries({ type, ...params }).sort(([a], [b]) => (a < b ? -1 : 1));
    plan.attrs.set(`attest:${type}`, fields.map(([key, value]) => csvField(`${key}=${value}`)).join(","));
  }
  const given = "provenance" in wanted || plan.attrs.has("attest:provenance");
  if (!given && supported) plan.attrs.set("attest:provenance", DEFAULT_PROVENANCE);
}

function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
