import type { BuilderNode } from "../builder/node.ts";
import { fileSendHandlers } from "../buildkit/fsync/filesend.ts";
import { fileSyncHandlers } from "../buildkit/fsync/filesync.ts";
import { loadXattrReader } from "../buildkit/fsync/xattrs.ts";
import { authHandlers } from "../buildkit/session/auth/handlers.ts";
import { contentHandlers } from "../buildkit/session/content/handlers.ts";
import { secretHandlers } from "../buildkit/session/secrets.ts";
import { openSession, type Session } from "../buildkit/session/session.ts";
import { sshHandlers } from "../buildkit/session/ssh/handlers.ts";
import { uploadHandlers } from "../buildkit/session/upload.ts";
import type { ServerHandler } from "../buildkit/transport/stream.ts";
import { abortedError } from "../errors.ts";
import { planAttestations } from "./attestations.ts";
import { planCaches } from "./cache.ts";
import { planContext } from "./context.ts";
import { planExports } from "./exports.ts";
import { planFrontendAttrs } from "./frontend-attrs.ts";
import { planNamedContexts, sharedKey } from "./named-contexts.ts";
import type { BuildOptions } from "./options.ts";
import { emptyPlan, type Plan } from "./plan.ts";
import { followBuild } from "./progress.ts";
import { newRef } from "./ref.ts";
import type { BuildResult, BuildRun } from "./run.ts";
import { solve } from "./solve.ts";
import { StepEvents } from "./step-events.ts";

/**
 * Builds on a node. Everything that can be wrong with the options is found before the daemon hears of the
 * build; what goes wrong, goes wrong in `result`, which rejects with a `TsbxError`.
 *
 * @example
 * const run = build(node, { context: "./app", outputs: [{ type: "local", dest: "./out" }] });
 * for await (const event of run.progress) for (const vertex of event.vertexes) console.log(vertex.name);
 * const { digest } = await run.result;
 */
export function build(node: BuilderNode, options: BuildOptions): BuildRun {
  const ref = newRef();
  const boot = new StepEvents("boot", "[internal] booting buildkit");
  const result = run(node, ref, options, boot).finally(() => boot.end());
  // Whoever reads only the progress must not be killed by a rejection that they never asked for.
  result.catch(() => {});
  return { ref, result, progress: followBuild(node, ref, boot, result) };
}

async function run(
  node: BuilderNode,
  ref: string,
  options: BuildOptions,
  boot: StepEvents,
): Promise<BuildResult> {
  const signal = options.signal ?? new AbortController().signal;
  try {
    const cwd = options.cwd ?? process.cwd();
    const plan = await planBuild(options, cwd, signal);
    const handlers = await attachables(options, cwd, plan);
    return await node.scoped(async () => {
      await bootNode(node, boot, signal);
      return buildPlanned(node, ref, options, plan, handlers, signal);
    });
  } catch (error) {
    // What fails because of the cancellation is not what happened.
    throw signal.aborted ? abortedError(signal) : error;
  }
}

/** All that can be checked and gathered without the daemon. */
async function planBuild(options: BuildOptions, cwd: string, signal: AbortSignal): Promise<Plan> {
  const plan = emptyPlan();
  planFrontendAttrs(options, plan);
  await planContext(options, cwd, plan);
  await planNamedContexts(options, cwd, plan, signal);
  await planCaches(options, cwd, plan, signal);
  await planExports(options, cwd, plan);
  return plan;
}

async function bootNode(node: BuilderNode, boot: StepEvents, signal: AbortSignal): Promise<void> {
  try {
    await node.boot(boot.onStep, signal);
    boot.end();
  } catch (error) {
    boot.end(error);
    throw error;
  }
}

async function buildPlanned(
  node: BuilderNode,
  ref: string,
  options: BuildOptions,
  plan: Plan,
  handlers: ReadonlyMap<string, ServerHandler>,
  signal: AbortSignal,
): Promise<BuildResult> {
  const client = await node.client(signal);
  // Daemons that know attestations are those that can tell their version.
  planAttestations(options, (await client.info({ signal })) !== undefined, plan);
  for (const [key, value] of Object.entries(options.frontendAttrs ?? {})) plan.attrs.set(key, value);

  const session = await openSession(
    client.channel,
    {
      id: newRef(),
      sharedKey: sharedKey(plan.sharedKey, options.clientId),
      handlers,
      ...(node.handle.dialSession && { dial: node.handle.dialSession.bind(node.handle) }),
    },
    signal,
  );
  const exporterResponse = await inSession(session, () =>
    solve(client, { ref, session, plan, entitlements: entitlements(options) }, signal),
  );
  for (const step of plan.afterwards) await step(exporterResponse, signal);
  const digest = exporterResponse["containerimage.digest"];
  return { ref, ...(digest && { digest }), exporterResponse, notices: plan.notices };
}

/** Runs an action that the session serves, and ends the session after it whatever the outcome. */
async function inSession<T>(session: Session, action: () => Promise<T>): Promise<T> {
  try {
    return await Promise.race([action(), session.lost]);
  } finally {
    await session.close();
  }
}

async function attachables(
  options: BuildOptions,
  cwd: string,
  plan: Plan,
): Promise<ReadonlyMap<string, ServerHandler>> {
  const onWarning = (text: string) => plan.notices.push(text);
  return new Map([
    ...authHandlers(options.credentials),
    ...(await secretHandlers(options.secrets ?? {}, { cwd })),
    ...(await sshHandlers(options.ssh ?? {}, { cwd })),
    ...(plan.dirs.size > 0
      ? fileSyncHandlers(plan.dirs, { onWarning, readXattrs: await loadXattrReader() })
      : []),
    ...(plan.stores.size > 0 ? contentHandlers(plan.stores) : []),
    ...(plan.uploads.size > 0 ? uploadHandlers(plan.uploads) : []),
    ...fileSendHandlers(plan.targets, { onWarning }),
  ]);
}

/** A build on the host's network needs the entitlement for it; asking for the one is asking for the other. */
function entitlements(options: BuildOptions): string[] {
  const allowed = new Set(options.allow);
  if (options.network === "host") allowed.add("network.host");
  return [...allowed];
}
