import type { ControlClient } from "../buildkit/control/client.ts";
import { Gateway } from "../buildkit/gateway/gateway.ts";
import type { Session } from "../buildkit/session/session.ts";
import { GrpcError } from "../buildkit/transport/status.ts";
import { isTsbxError } from "../errors.ts";
import { SolveRequest } from "../gen/control.ts";
import { buildError, wireStatus } from "./failure.ts";
import type { Plan } from "./plan.ts";

/** How long the daemon may take to end a build after its frontend failed, before it is cancelled. */
const FAILURE_GRACE_MS = 5_000;

export interface SolveInput {
  ref: string;
  session: Session;
  plan: Plan;
  entitlements: string[];
}

/**
 * Runs the planned build: a solve request without a frontend opens it on the daemon, and we are the
 * frontend, which runs the Dockerfile's and returns its result for the exporters.
 * See docs/decisions for what that makes possible.
 * @returns what the exporters reported
 */
export async function solve(
  client: ControlClient,
  input: SolveInput,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const { plan, ref } = input;
  const give = new AbortController();
  const either = AbortSignal.any([signal, give.signal]);
  const exported = client.solve(request(input), { signal: either });
  exported.catch(() => {});
  try {
    // A solve that fails at once must not leave its frontend waiting for a build that never was.
    await Promise.race([
      runFrontend(new Gateway(client.channel, ref, either), plan, exported),
      failed(exported),
    ]);
    return (await exported).exporterResponse;
  } catch (error) {
    throw error instanceof GrpcError ? buildError(error) : error;
  } finally {
    give.abort();
  }
}

async function runFrontend(gateway: Gateway, plan: Plan, exported: Promise<unknown>): Promise<void> {
  const attrs = Object.fromEntries(plan.attrs);
  try {
    const result = await gateway.solve({
      frontend: plan.frontend,
      frontendOpt: attrs,
      cacheImports: plan.cacheImports,
    });
    await gateway.return({
      result: result ?? { ref: { id: "", def: undefined }, metadata: {}, attestations: {} },
    });
  } catch (error) {
    if (!isTsbxError(error)) await giveUp(gateway, error, exported);
    throw error;
  }
}

/** Tells the daemon why there is no result, and waits until it has recorded the build as failed. */
async function giveUp(gateway: Gateway, error: unknown, exported: Promise<unknown>): Promise<void> {
  await gateway.return({ error: wireStatus(error) }).catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  const grace = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FAILURE_GRACE_MS);
  });
  await Promise.race([exported.catch(() => {}), grace]);
  clearTimeout(timer);
}

/** Rejects when `promise` does, and stays pending otherwise. */
function failed(promise: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    promise.catch(reject);
  });
}

function request({ ref, session, plan, entitlements }: SolveInput): SolveRequest {
  const [first] = plan.exporters;
  return SolveRequest.fromPartial({
    ref,
    session: session.id,
    frontendAttrs: Object.fromEntries(plan.attrs),
    exporters: plan.exporters,
    // All that daemons before 0.13 look at.
    exporterDeprecated: first?.type ?? "",
    exporterAttrsDeprecated: first?.attrs ?? {},
    // Daemons from 0.17 to 0.20 crash without it.
    cache: { imports: plan.cacheImports, exports: plan.cacheExports },
    entitlements,
  });
}
