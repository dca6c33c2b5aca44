import assert from "node:assert/strict";
import type { BuildOptions } from "@tsbx/core";
import type { Capabilities, Driver, NodeHandle } from "@tsbx/core/driver";
import { rejection } from "./rejection.ts";
import { runBuild, smallBuild } from "./scratch-build.ts";
import type { Trial } from "./trial.ts";

/** Fails unless the build is refused for the capability before the driver is asked for anything. */
export async function refusedBeforeBoot(
  trial: Trial,
  capability: keyof Capabilities,
  asked: Partial<BuildOptions>,
): Promise<void> {
  const calls: string[] = [];
  const watched: Driver = {
    ...trial.driver,
    connect: (node, context) => watchedHandle(trial.driver.connect(node, context), calls),
  };
  const node = trial.open({}, watched);
  await refused(capability, () => runBuild(node, smallBuild(asked), trial));
  assert.deepEqual(calls, [], "the driver was called before the build was refused");
}

/** Fails unless the action rejects because the capability is missing, and says what to do instead. */
export async function refused(capability: keyof Capabilities, action: () => unknown): Promise<void> {
  const what = `a build that needs ${capability}`;
  const error = await rejection(what, action, "CAPABILITY_MISSING");
  assert.equal("capability" in error && error.capability, capability, `${what} was refused for another`);
  assert.ok(error.hint, `${what} was refused without a way out`);
  assert.ok(error.builder && error.node, `${what} was refused without naming builder and node`);
}

function watchedHandle(handle: NodeHandle, calls: string[]): NodeHandle {
  return new Proxy(handle, {
    get(target, property) {
      const value = Reflect.get(target, property);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        calls.push(String(property));
        return value.apply(target, args);
      };
    },
  });
}
