import type { ControlClient } from "../buildkit/control/client.ts";
import { Gateway } from "../buildkit/gateway/gateway.ts";
import type { Session } from "../buildkit/session/session.ts";
import { GrpcError } from "../buildkit/transport/status.ts";
import { isTsbxError } from "../errors.ts";
import { SolveRequest } from "../gen/control.ts";
import type { Result } from "../gen/gateway.ts";
import { fallbackFrontend } from "./call-fallback.ts";
import { buildError, wireStatus } from "./failure.ts";
import type { Plan } from "./plan.ts";

/** How long the daemon may take to end a build after its frontend failed, before it is cancelled. */
const FAILURE_GRACE_MS = 5_000;

export interface SolveInput {
  ref: string;
  session: Session;
  plan: Plan;
  entitlements: string[];
  /** Learns what the frontend has made of it, before that is built. */
  onResult?: ((result: Result) => Promise<void>) | undefined;
}

/**
 * Runs the planned build; we pass on what the Dockerfile's frontend makes of it.
 * @returns what the exporters reported; for a call also what the frontend did
 */
export async function solve(
  client: ControlClient,
  input: SolveInput,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const { plan, onResult } = input;
  const { exporterResponse, metadata } = await runAsFrontend(
    client,
    request(input),
    signal,
    async (gateway) => {
      const result = await runFrontend(gateway, plan);
      if (result) await onResult?.(result);
      return result;
    },
  );
  return plan.call ? { ...exporterResponse, ...metadata } : exporterResponse;
}

/** Runs the plan's frontend; where it does not know what it is asked, another that does. */
async function runFrontend(gateway: Gateway, plan: Plan): Promise<Result | undefined> {
  const { frontend, cacheImports } = plan;
  const frontendOpt = Object.fromEntries(plan.attrs);
  try {
    return await gateway.solve({ frontend, frontendOpt, cacheImports });
  } catch (error) {
    const other = plan.call ? fallbackFrontend(error, frontendOpt.requestid) : undefined;
    if (other === undefined) throw error;
    const again = { ...frontendOpt, "build-arg:BUILDKIT_SYNTAX": other };
    return await gateway.solve({ frontend, frontendOpt: again, cacheImports }).catch(() => {
      throw error;
    });
  }
}

interface Solved {
  exporterResponse: Readonly<Record<string, string>>;
  /** What the frontend said of its result. */
  metadata: Readonly<Record<string, string>>;
}

/**
 * A solve request without a frontend opens a build on the daemon, and we are its frontend: `frontend` makes the
 * result, which is returned for the exporters. See docs/decisions for what that makes possible.
 * @throws BuildError when the daemon fails
 */
export async function runAsFrontend(
  client: ControlClient,
  request: SolveRequest,
  signal: AbortSignal,
  frontend: (gateway: Gateway) => Promise<Result | undefined>,
): Promise<Solved> {
  const give = new AbortController();
  const either = AbortSignal.any([signal, give.signal]);
  const exported = client.solve(request, { signal: either });
  exported.catch(() => {});
  try {
    const gateway = new Gateway(client.channel, request.ref, either);
    // A solve that fails at once must not leave its frontend waiting for a build that never was.
    const result = await Promise.race([returnResult(gateway, frontend, exported), failed(exported)]);
    const { exporterResponse } = await exported;
    return { exporterResponse, metadata: textOf(result) };
  } catch (error) {
    throw error instanceof GrpcError ? buildError(error) : error;
  } finally {
    give.abort();
  }
}

async function returnResult(
  gateway: Gateway,
  frontend: (gateway: Gateway) => Promise<Result | undefined>,
  exported: Promise<unknown>,
): Promise<Result> {
  try {
    const result = (await frontend(gateway)) ?? {
      ref: { id: "", def: undefined },
      metadata: {},
      attestations: {},
    };
    await gateway.return({ result });
    return result;
  } catch (error) {
    if (!isTsbxError(error)) await giveUp(gateway, error, exported);
    throw error;
  }
}

function textOf({ metadata }: Result): Record<string, string> {
  const entries = Object.entries(metadata).map(([key, value]) => [key, Buffer.from(value).toString("utf8")]);
  return Object.fromEntries(entries);
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
    // Calls are no builds: they are kept out of the history.
    internal: plan.call,
    ...(plan.sourcePolicy && { sourcePolicy: plan.sourcePolicy }),
    ...(plan.verifiers.length > 0 && { sourcePolicySession: session.id }),
  });
}
