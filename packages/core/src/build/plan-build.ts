import { planCaches } from "./cache.ts";
import { planContext } from "./context.ts";
import { planExports } from "./exports.ts";
import { planFrontendAttrs } from "./frontend-attrs.ts";
import { planNamedContexts } from "./named-contexts.ts";
import type { BuildOptions } from "./options.ts";
import { emptyPlan, type Plan } from "./plan.ts";

/** Checks and gathers all that can be without the daemon. */
export async function planBuild(options: BuildOptions, cwd: string, signal: AbortSignal): Promise<Plan> {
  const plan = emptyPlan();
  planFrontendAttrs(options, plan);
  await planContext(options, cwd, plan);
  await planNamedContexts(options, cwd, plan, signal);
  await planCaches(options, cwd, plan, signal);
  await planExports(options, cwd, plan);
  for (const [key, value] of Object.entries(options.frontendAttrs ?? {})) plan.attrs.set(key, value);
  return plan;
}
