import type { CaseDefinition } from "./case-definition.ts";
import { abortCases } from "./cases/abort.ts";
import { buildCases } from "./cases/build.ts";
import { configurationCases } from "./cases/configuration.ts";
import { dialCases } from "./cases/dial.ts";
import { driverObjectCases } from "./cases/driver-object.ts";
import { failureCases } from "./cases/failure.ts";
import { lifecycleCases } from "./cases/lifecycle.ts";
import { optionCases } from "./cases/options.ts";
import { outputCases } from "./cases/outputs.ts";
import { probeCases } from "./cases/probe.ts";
import { removalCases } from "./cases/removal.ts";
import type { ConformanceCase, ConformanceOptions } from "./options.ts";
import { Trial } from "./trial.ts";

/**
 * The cases that tell whether a driver keeps the contract. Run all of them, one after the other and in their
 * order: each boots what it needs, and the last one removes the node.
 *
 * @example
 * for (const { name, run } of conformance(options)) test(name, ({ signal }) => run(signal));
 */
export function conformance(options: ConformanceOptions): ConformanceCase[] {
  return DEFINITIONS.filter(({ applies }) => applies?.(options) ?? true).map(({ name, run }) => ({
    name,
    async run(signal = new AbortController().signal) {
      const trial = await Trial.start(options, signal);
      try {
        await run(trial);
      } finally {
        await trial.end();
      }
    },
  }));
}

const DEFINITIONS: readonly CaseDefinition[] = [
  ...driverObjectCases,
  ...optionCases,
  ...lifecycleCases,
  ...dialCases,
  ...probeCases,
  ...buildCases,
  ...outputCases,
  ...configurationCases,
  ...abortCases,
  ...failureCases,
  ...removalCases,
];
