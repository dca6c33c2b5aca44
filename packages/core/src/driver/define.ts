import { TsbxError } from "../errors.ts";
import { CONTRACT_VERSION, type Driver } from "./contract.ts";

const NAME = /^[a-z0-9][a-z0-9-]*$/;
const METHODS = ["connect"] as const;

/**
 * Checks a driver object and freezes it. Use as `export default defineDriver({...})`.
 * @throws TsbxError `INVALID_DRIVER` naming the member that is wrong.
 */
export function defineDriver(driver: Omit<Driver, "contractVersion">): Driver {
  const defined: Driver = { ...driver, contractVersion: CONTRACT_VERSION };
  checkDriver(defined);
  return Object.freeze(defined);
}

/** Checks what an unknown package exports as its driver, before anything of it is used. */
export function checkDriver(value: unknown): asserts value is Driver {
  const problem = problemOf(value);
  if (problem) throw new TsbxError("INVALID_DRIVER", `invalid driver: ${problem}`);
}

function problemOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return "the default export is not an object";
  const driver = value as Partial<Driver>;
  if (driver.contractVersion !== CONTRACT_VERSION) {
    return `made for contract ${String(driver.contractVersion)}, this tsbx has ${CONTRACT_VERSION}`;
  }
  if (typeof driver.name !== "string" || !NAME.test(driver.name)) return `name must match ${NAME.source}`;
  if (typeof driver.summary !== "string" || driver.summary === "") return "summary is missing";
  if (typeof driver.endpoint !== "object") return "endpoint is missing";
  if (typeof driver.capabilities !== "object") return "capabilities are missing";
  for (const method of METHODS) {
    if (typeof driver[method] !== "function") return `${method} is not a function`;
  }
  for (const [name, spec] of Object.entries(driver.options ?? {})) {
    if (spec.doc === "") return `option ${name} has no doc`;
    if (spec.type === "enum" && !spec.values?.length) return `option ${name} is an enum without values`;
  }
  return undefined;
}
