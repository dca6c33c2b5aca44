import { expect, test } from "vitest";
import { setCacheImports } from "./cache.ts";
import { emptyPlan, type Plan } from "./plan.ts";
import { settleDaemon } from "./settle-daemon.ts";

const cache = (type: string) => ({ type, attrs: { name: type } });

function planOf(parts: Partial<Plan>): Plan {
  const plan = { ...emptyPlan(), ...parts };
  setCacheImports(plan);
  return plan;
}

const settle = (plan: Plan, ...known: string[]) => settleDaemon(plan, async () => new Set(known));

test("a plan that every daemon knows asks nothing", async () => {
  const ask = () => Promise.reject(new Error("asked"));
  await settleDaemon(planOf({ exporters: [{ type: "image", attrs: {} }] }), ask);
  await settleDaemon(planOf({ cacheImports: [cache("registry")], cacheExports: [cache("local")] }), ask);
});

test("several outputs need a daemon that knows them", async () => {
  const exporter = { type: "local", attrs: {} };
  const plan = planOf({ exporters: [exporter, exporter] });
  await expect(settle(plan, "cache.s3")).rejects.toMatchObject({ code: "MULTIPLE_OUTPUTS_UNSUPPORTED" });
  await settle(plan, "exporter.multiple");
});

test("a callback about sources needs a daemon that calls it", async () => {
  const plan = planOf({ verifiers: [() => ({ action: "ALLOW" })] });
  await expect(settle(plan, "source.policy")).rejects.toMatchObject({ code: "VERIFY_SOURCE_UNSUPPORTED" });
  await settle(plan, "source.policy.session");
});

test("caches that the daemon does not know are left out", async () => {
  const caches = [cache("s3"), cache("registry"), cache("gha")];
  const plan = planOf({ cacheImports: caches, cacheExports: caches });
  await settle(plan, "cache.gha");
  expect(plan.cacheImports).toEqual([cache("registry"), cache("gha")]);
  expect(plan.cacheExports).toEqual([cache("registry"), cache("gha")]);
  expect(JSON.parse(plan.attrs.get("cache-imports") ?? "")).toHaveLength(2);
  expect(plan.notices).toEqual(["cache of type s3 is unknown to the daemon: skipped"]);
});

test("the frontend hears of no import when all are left out", async () => {
  const plan = planOf({ cacheImports: [cache("s3"), cache("gha")] });
  await settle(plan);
  expect([plan.cacheImports, plan.attrs.size, plan.notices.length]).toEqual([[], 0, 2]);
});
