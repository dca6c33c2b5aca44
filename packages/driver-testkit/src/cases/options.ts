import assert from "node:assert/strict";
import { type OptionSchema, type OptionSpec, parseDriverOptions } from "@tsbx/core/driver";
import type { CaseDefinition } from "../case-definition.ts";
import { rejection } from "../rejection.ts";
import type { Trial } from "../trial.ts";

/** Text that no option of the type takes; any text is a string. */
const WRONG: Readonly<Partial<Record<OptionSpec["type"], string>>> = {
  boolean: "maybe",
  integer: "1.5",
  duration: "soon",
  path: "not/absolute",
  enum: "no-such-value",
};

export const optionCases: readonly CaseDefinition[] = [
  {
    name: "every option is documented, and its default is a value that it takes",
    async run({ driver }) {
      for (const [name, spec] of Object.entries(driver.options)) {
        assert.match(spec.doc, /^\S.*\.$/s, `the doc of option ${name} is no sentence`);
        const value = spec.default;
        if (value === undefined) continue;
        assert.ok(!spec.prefix, `option ${name} is a prefix: a default would belong to no name`);
        const text = spec.type === "duration" ? `${value}ms` : String(value);
        const parsed = parseDriverOptions({ [name]: spec }, { [name]: text }, { driver: driver.name });
        assert.equal(parsed[name], value, `the default of option ${name} is not of type ${spec.type}`);
      }
    },
  },
  {
    name: "a value that an option does not take is refused with the option's name and what it takes",
    async run(trial) {
      for (const [name, spec] of Object.entries(trial.driver.options)) {
        const wrong = WRONG[spec.type];
        if (wrong !== undefined) await refuses(trial, spec.prefix ? `${name}x` : name, wrong);
      }
      for (const [name, wrong] of Object.entries(trial.options.badOptions ?? {})) {
        await refuses(trial, name, wrong);
      }
    },
  },
  {
    name: "an option that the driver does not have is refused",
    async run(trial) {
      await refuses(trial, "no-such-option", "1");
    },
  },
  {
    name: "a required option that is left out is refused",
    applies: ({ driver }) => requiredOptions(driver.options).length > 0,
    async run({ driver }) {
      const names = requiredOptions(driver.options);
      const parse = () => parseDriverOptions(driver.options, {}, { driver: driver.name });
      const error = await rejection("a node without its required options", parse, "INVALID_DRIVER_OPTION");
      assert.ok(
        names.some((name) => error.message.includes(name)),
        `"${error.message}" names no required option`,
      );
    },
  },
];

async function refuses(trial: Trial, name: string, value: string): Promise<void> {
  const pair = `${name}=${value}`;
  const error = await rejection(
    `a node with option ${pair}`,
    () => trial.open({ options: { ...trial.options.node.options, [name]: value } }),
    "INVALID_DRIVER_OPTION",
  );
  assert.ok(error.message.includes(name), `"${error.message}", for ${pair}, does not name the option`);
  assert.ok(error.hint, `"${error.message}" does not hint at what is accepted`);
}

function requiredOptions(schema: OptionSchema): string[] {
  return Object.entries(schema).flatMap(([name, spec]) => (spec.required ? [name] : []));
}
