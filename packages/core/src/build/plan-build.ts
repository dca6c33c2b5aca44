import { planAnnotations } from "./annotations.ts";
import { planCacheResets, planCaches } from "./cache.ts";
import { planCall } from "./call.ts";
import { planContext } from "./context.ts";
import { planExports } from "./exports.ts";
import { planFrontendAttrs } from "./frontend-attrs.ts";
import { planNamedContexts } from "./named-contexts.ts";
import type { BuildOptions } from "./options.ts";
import { emptyPlan, type Plan } from "./plan.ts";
import { wirePolicy } from "./source-policy.ts";

/** Checks and gathers all that can be without the daemon. */
export async function planBuild(options: BuildOptions, cwd: string, signal: AbortSignal): Promise<Plan> {
  const plan = emptyPlan();
  if (options.sourcePolicy) plan.sourcePolicy = wirePolicy(options.sourcePolicy);
  plan.verifiers = [options.verifySource ?? []].flat();
  planFrontendAttrs(options, plan);
  await planContext(options, cwd, plan);
  await planNamedContexts(options, cwd, plan, signal);
  planCall(options, plan);
  await planCaches(options, cwd, plan, signal);
  await planExports(options, cwd, plan);
  planCacheResets(options, cwd, plan);
  planAnnotations(options, plan);
  for (const [key, value] of Object.entries(options.frontendAttrs ?? {})) plan.attrs.set(key, value);
  return plan;
}
