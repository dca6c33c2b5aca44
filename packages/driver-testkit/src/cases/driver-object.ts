import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { openNode } from "@tsbx/core";
import { CAPABILITIES, checkDriver } from "@tsbx/core/driver";
import type { CaseDefinition } from "../case-definition.ts";
import { rejection } from "../rejection.ts";

/** Besides lists of cache types. */
const FORMS: Readonly<Record<string, readonly unknown[]>> = {
  cacheExport: ["none", "inline", "all"],
  buildkitConfig: ["no", "yes", "external"],
};

/** Fails unless `value` is one that the capability can have. */
export function assertCapability(name: string, value: unknown): void {
  assert.ok(Object.hasOwn(CAPABILITIES, name), `there is no capability ${name}`);
  if (name === "cacheExport" && Array.isArray(value)) {
    const named = value.length > 0 && value.every((type) => /^[a-z0-9]+$/.test(String(type)));
    assert.ok(named, `capability ${name} has no list of cache types: ${value.join(", ")}`);
    return;
  }
  const forms = FORMS[name] ?? [true, false];
  assert.ok(forms.includes(value), `capability ${name} is ${String(value)}, not one of ${forms.join(", ")}`);
}

export const driverObjectCases: readonly CaseDefinition[] = [
  {
    name: "the driver is an object of this contract's version that declares every capability",
    async run({ driver }) {
      checkDriver(driver);
      assert.equal(typeof driver.endpoint.required, "boolean", "endpoint.required is not a boolean");
      assert.ok(driver.endpoint.doc, "endpoint.doc is empty");
      for (const name of Object.keys(CAPABILITIES)) {
        assertCapability(name, driver.capabilities[name as keyof typeof CAPABILITIES]);
      }
      for (const { when, capabilities } of driver.variants ?? []) {
        assert.match(when, /^\S/, "a variant does not say when it holds");
        for (const [name, value] of Object.entries(capabilities)) assertCapability(name, value);
      }
    },
  },
  {
    name: "a node without the endpoint that the driver requires is refused",
    applies: ({ driver }) => driver.endpoint.required,
    async run({ driver, context, options }) {
      const { endpoint: _, ...node } = options.node;
      await rejection("openNode", () => openNode(driver, node, context), "ENDPOINT_REQUIRED");
    },
  },
  {
    name: "connect does no I/O",
    async run({ driver, context, options }) {
      const frozen = Object.freeze({ ...context, env: Object.freeze({ ...context.env }) });
      // Between these calls nothing else runs: what is new was begun by connect.
      const before = process.getActiveResourcesInfo();
      const { handle } = openNode(driver, options.node, frozen);
      const after = process.getActiveResourcesInfo();
      assert.deepEqual(after.sort(), before.sort(), "connect began something");
      for (const method of ["status", "boot", "stop", "remove", "dial"] as const) {
        assert.equal(typeof handle[method], "function", `the handle's ${method} is not a function`);
      }
      const made = existsSync(context.stateDir) && !options.context?.stateDir;
      assert.ok(!made, "connect made the state directory");
    },
  },
  {
    name: "preparing a node keeps what was given",
    applies: ({ driver }) => driver.prepareNode !== undefined,
    async run({ driver, context, options, signal }) {
      const { builder, name, endpoint } = options.node;
      const pairs = { ...options.node.options };
      const given = { builder, index: 0, name, endpoint, options: pairs, buildkitdFlags: [] };
      const prepared = await driver.prepareNode!(given, context, signal);
      assert.equal(prepared.builder, builder);
      assert.equal(prepared.name, name);
      if (endpoint !== undefined) assert.equal(prepared.endpoint, endpoint);
      for (const [key, value] of Object.entries(pairs)) assert.equal(prepared.options[key], value);
    },
  },
  {
    name: "what the driver detects is an endpoint that it takes",
    applies: ({ driver }) => driver.detect !== undefined,
    async run({ driver, context, signal }) {
      const endpoint = await driver.detect!(context, signal);
      if (endpoint !== undefined) driver.checkEndpoint?.(endpoint);
    },
  },
];
