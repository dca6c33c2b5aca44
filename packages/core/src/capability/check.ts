import type { BuildOptions } from "../build/options.ts";
import { TsbxError } from "../errors.ts";
import type { CacheExport, Capabilities, CapabilityVariant } from "./capability.ts";
import { CAPABILITIES } from "./matrix.ts";

/** A build, or a node, that asks for what its driver cannot do. Thrown before anything is sent. */
export class CapabilityError extends TsbxError {
  readonly capability: keyof Capabilities;
  /** What was asked for, in the words of the command line. */
  readonly asked: string;

  constructor(need: CapabilityNeed, driver: DriverCapabilities) {
    const condition = driver.variants?.find(({ capabilities }) => need.satisfiedBy(capabilities))?.when;
    super(
      "CAPABILITY_MISSING",
      `${need.asked} is not supported by the ${driver.name} driver${condition ? `; it is ${condition}` : ""}`,
      { hint: `${capitalized(CAPABILITIES[need.capability].without)}.` },
    );
    this.capability = need.capability;
    this.asked = need.asked;
  }
}

interface DriverCapabilities {
  name: string;
  variants?: readonly CapabilityVariant[];
}

/** One thing that a build needs of its node. */
export interface CapabilityNeed {
  capability: keyof Capabilities;
  /** What asks for it, in the words of the command line. */
  asked: string;
  satisfiedBy(capabilities: Partial<Capabilities>): boolean;
}

/** What a build needs, in the order in which its options say so. */
export function capabilityNeeds(options: BuildOptions): CapabilityNeed[] {
  const needs: CapabilityNeed[] = [];
  const need = (capability: BooleanCapability, asked: string) =>
    needs.push({ capability, asked, satisfiedBy: (offered) => offered[capability] === true });
  for (const output of options.outputs ?? []) {
    const { type } = output;
    if (type === "oci") need("ociTarball", "--output type=oci");
    if (type === "docker") {
      if (output.dest === undefined) needs.push(loading("--output type=docker"));
      else need("dockerTarball", "--output type=docker,dest=...");
    }
  }
  if (options.load) needs.push(loading("--load"));
  for (const { type } of options.cacheTo ?? []) {
    needs.push({
      capability: "cacheExport",
      asked: `--cache-to type=${type}`,
      satisfiedBy: ({ cacheExport = "none" }) => exportsCache(cacheExport, type),
    });
  }
  const platforms = options.platforms ?? [];
  if (platforms.length > 1) need("multiPlatform", `--platform ${platforms.join(",")}`);
  for (const [type, params] of Object.entries(options.attestations ?? {})) {
    if (params !== false) need("attestations", `--attest type=${type}`);
  }
  return needs;
}

/** Whether caches of a type, such as `registry`, can be exported. */
export function exportsCache(able: CacheExport, type: string): boolean {
  if (typeof able !== "string") return able.includes(type);
  return able === "all" || (able === "inline" && type === "inline");
}

/**
 * Refuses a build whose needs the capabilities do not meet.
 * @throws CapabilityError
 */
export function checkCapabilities(
  needs: readonly CapabilityNeed[],
  capabilities: Capabilities,
  driver: DriverCapabilities,
): void {
  const unmet = needs.find((need) => !need.satisfiedBy(capabilities));
  if (unmet) throw new CapabilityError(unmet, driver);
}

/**
 * Refuses a node whose daemon is to be configured where the driver hands no configuration on.
 * @param asked the flags of `create` that configure it
 * @throws CapabilityError
 */
export function checkConfigurable(
  driver: DriverCapabilities & { capabilities: Capabilities },
  asked: ReadonlyArray<"--buildkitd-config" | "--buildkitd-flags">,
): void {
  const satisfiedBy: CapabilityNeed["satisfiedBy"] = ({ buildkitConfig }) => buildkitConfig === "yes";
  const needs = asked.map((flag) => ({ capability: "buildkitConfig" as const, asked: flag, satisfiedBy }));
  checkCapabilities(needs, utmostCapabilities(driver), driver);
}

/** The most that any node of a driver can do: what is beyond it need not be asked of a running node. */
export function utmostCapabilities(driver: {
  capabilities: Capabilities;
  variants?: readonly CapabilityVariant[];
}): Capabilities {
  return Object.assign(
    {},
    driver.capabilities,
    ...(driver.variants ?? []).map(({ capabilities }) => capabilities),
  );
}

type BooleanCapability = Exclude<keyof Capabilities, "cacheExport" | "buildkitConfig">;

function loading(asked: string): CapabilityNeed {
  return {
    capability: "load",
    asked,
    satisfiedBy: ({ load, autoLoad }) => load === true || autoLoad === true,
  };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
