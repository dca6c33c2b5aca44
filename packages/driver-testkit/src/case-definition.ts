import type { ConformanceOptions } from "./options.ts";
import type { Trial } from "./trial.ts";

/** A case before it is bound to a driver. */
export interface CaseDefinition {
  name: string;
  /** Default: it applies to every driver. */
  applies?(options: ConformanceOptions): boolean;
  run(trial: Trial): Promise<void>;
}

/** Whether the driver starts and removes its nodes itself. */
export function isManaged({ managed, driver }: ConformanceOptions): boolean {
  return managed ?? driver.capabilities.buildkitConfig === "yes";
}
