import assert from "node:assert/strict";
import { isIP } from "node:net";
import type { Capabilities, Driver, NodeFacts } from "@tsbx/core/driver";
import type { CaseDefinition } from "../case-definition.ts";
import { assertCapability } from "./driver-object.ts";

const FACTS: ReadonlyArray<keyof NodeFacts> = [
  "capabilities",
  "imageExporter",
  "imageAttrs",
  "frontendAttrs",
  "pushes",
  "hostGateway",
];

export const probeCases: readonly CaseDefinition[] = [
  {
    name: "what the running node tells is well-formed, and within what the driver declares",
    async run(trial) {
      const node = await trial.booted();
      const facts = await (await node.connection(trial.signal)).facts(trial.signal);
      for (const name of Object.keys(facts)) {
        assert.ok((FACTS as readonly string[]).includes(name), `there is no fact ${name}`);
      }
      assertWithin(trial.driver, facts.capabilities ?? {});
      if (facts.imageExporter !== undefined) assert.match(facts.imageExporter, /^\w+$/, "imageExporter");
      for (const attrs of [facts.imageAttrs, facts.frontendAttrs]) {
        for (const [name, value] of Object.entries(attrs ?? {})) assert.equal(typeof value, "string", name);
      }
      const { pushes = "buildkit", hostGateway } = facts;
      assert.ok(["buildkit", "node"].includes(pushes), `nothing is pushed by ${pushes}`);
      if (pushes === "node") assert.equal(typeof node.handle.push, "function", "the node cannot push");
      if (hostGateway !== undefined) assert.ok(isIP(hostGateway) > 0, `${hostGateway} is no IP address`);
    },
  },
];

/** What a node can do beyond what is declared would be refused before it is asked. */
function assertWithin({ capabilities, variants = [] }: Driver, told: Partial<Capabilities>): void {
  for (const [name, value] of Object.entries(told)) {
    assertCapability(name, value);
    const key = name as keyof Capabilities;
    const declared = [capabilities[key], ...variants.map((variant) => variant.capabilities[key])];
    assert.ok(declared.includes(value), `${name} is ${value}, which the driver declares nowhere`);
  }
}
