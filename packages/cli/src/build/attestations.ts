import { TsbxError } from "@tsbx/core/errors";
import { parseBoolean } from "../flags/boolean.ts";
import type { Environment } from "../io.ts";
import { parseTyped } from "./attributes.ts";

export type Attestations = Record<string, Record<string, string> | false>;

interface AttestationFlags {
  attest: readonly string[];
  provenance?: string | undefined;
  sbom?: string | undefined;
}

/**
 * The attestations that `--attest`, `--provenance` and `--sbom` ask for; for one type the first counts, in this
 * order. The default provenance is turned off by `BUILDX_NO_DEFAULT_ATTESTATIONS`.
 * @throws TsbxError `INVALID_ATTESTATION`
 */
export function parseAttestations(
  { attest, provenance, sbom }: AttestationFlags,
  env: Environment,
): Attestations {
  const values = [...attest];
  if (provenance) values.push(shorthand("provenance", provenance));
  if (sbom) values.push(shorthand("sbom", sbom));

  const attestations: Attestations = Object.create(null);
  for (const value of values) {
    const { type, attrs } = parseTyped(value, "INVALID_ATTESTATION", isOurs);
    if (Object.hasOwn(attestations, type)) continue;
    const { disabled, ...others } = attrs;
    attestations[type] = disabled !== undefined && boolean(disabled, value) ? false : others;
  }
  const noDefault = env.BUILDX_NO_DEFAULT_ATTESTATIONS;
  if (noDefault && boolean(noDefault, "BUILDX_NO_DEFAULT_ATTESTATIONS")) attestations.provenance ??= false;
  return attestations;
}

/** All others are parameters of whoever attests, such as a scanner's environment. */
function isOurs(key: string): boolean {
  return key === "type" || key === "disabled";
}

function shorthand(type: string, value: string): string {
  const enabled = parseBoolean(value);
  return enabled === undefined ? `type=${type},${value}` : `type=${type},disabled=${!enabled}`;
}

function boolean(value: string, subject: string): boolean {
  const flag = parseBoolean(value);
  if (flag === undefined) {
    throw new TsbxError("INVALID_ATTESTATION", `invalid ${subject}: "${value}" is not a boolean`);
  }
  return flag;
}
