import type { NodeConnection } from "../builder/connection.ts";
import type { BuilderNode } from "../builder/node.ts";
import { fileSendHandlers } from "../buildkit/fsync/filesend.ts";
import { fileSyncHandlers } from "../buildkit/fsync/filesync.ts";
import { loadXattrReader } from "../buildkit/fsync/xattrs.ts";
import { openSession, type Session } from "../buildkit/session/session.ts";
import { uploadHandlers } from "../buildkit/session/upload.ts";
import type { ServerHandler } from "../buildkit/transport/stream.ts";
import { capabilityNeeds, checkCapabilities } from "../capability/check.ts";
import type { TsbxError } from "../errors.ts";
import type { Result } from "../gen/gateway.ts";
import { planAttestations } from "./attestations.ts";
import { BuildError, SourceDeniedError } from "./failure.ts";
import { type Loading, settleLoads } from "./load.ts";
import { sharedKey } from "./named-contexts.ts";
import type { BuildOptions } from "./options.ts";
import type { Plan } from "./plan.ts";
import { followBuild } from "./progress.ts";
import type { ProgressMerge } from "./progress-merge.ts";
import { pushFromNode } from "./push.ts";
import { newRef } from "./ref.ts";
import { settlePlan } from "./settle.ts";
import { daemonCapabilities, settleDaemon } from "./settle-daemon.ts";
import { solve } from "./solve.ts";
import type { Transfers } from "./transfers.ts";

/** One node's part of a build. */
export interface NodeBuild {
  node: BuilderNode;
  ref: string;
  options: BuildOptions;
  /** What the build lets the daemon ask for: credentials, secrets, ssh. See {@link grantHandlers}. */
  grants: ReadonlyMap<string, ServerHandler>;
  plan: Plan;
  progress: ProgressMerge;
  transfers: Transfers;
  signal: AbortSignal;
}

/** What an exporter reported, by BuildKit's names. */
export type ExporterResponse = Readonly<Record<string, string>>;

/** Builds a plan on a node that is up. */
export async function buildOnNode(build: NodeBuild): Promise<ExporterResponse> {
  const { node, plan, signal } = build;
  return node.scoped(async () => {
    const response = await node.connected((connection) => buildConnected(build, connection), signal);
    for (const step of plan.afterwards) await step(response, signal);
    return response;
  });
}

/** Learn what went wrong on this side, of which the daemon knows less. */
interface SessionListeners {
  /** What a result's files could not be written for. */
  onUnwritten: (error: TsbxError) => void;
  /** What {@link BuildOptions.verifySource} threw about a source. */
  onThrown: (identifier: string, error: unknown) => void;
}

async function buildConnected(build: NodeBuild, connection: NodeConnection): Promise<ExporterResponse> {
  const { node, options, plan, progress, signal } = build;
  const facts = await connection.facts(signal);
  const capabilities = { ...node.driver.capabilities, ...facts.capabilities };
  checkCapabilities(capabilityNeeds(options), capabilities, node.driver);
  const loadings = await settleLoads(plan, options, node.handle.images, capabilities.autoLoad, signal);
  const pushed = settlePlan(plan, facts);
  // Daemons that know attestations are those that can tell their version. The session is opened meanwhile.
  const version = capabilities.attestations ? connection.client.info({ signal }) : Promise.resolve(undefined);
  version.catch(() => {});
  for (const { steps } of loadings) progress.add(steps.events());
  let unwritten: TsbxError | undefined;
  const thrown = new Map<string, unknown>();
  const listeners: SessionListeners = {
    onUnwritten: (error) => {
      unwritten ??= error;
    },
    onThrown: (identifier, error) => thrown.set(identifier, error),
  };
  try {
    const response = await inSession(build, connection, listeners, async (session) => {
      planAttestations(options, (await version) !== undefined, plan);
      await settleDaemon(plan, () => daemonCapabilities(connection.client, session, signal));
      await loadDockerfile(build, connection, session);
      const solving = solve(
        connection.client,
        { ref: build.ref, session, plan, entitlements: entitlements(options), onResult: graphReader(build) },
        signal,
      );
      progress.add(followBuild(connection.client, build.ref, solving, signal, progress.abandoned));
      return Promise.race([solving, failureOf(loadings)]);
    });
    await Promise.all(loadings.map(({ done }) => done));
    return withoutConfigDigest(plan, await pushFromNode(build, pushed, response));
  } catch (error) {
    for (const loading of loadings) loading.abandon();
    if (error instanceof SourceDeniedError && thrown.has(error.identifier)) {
      error.cause = thrown.get(error.identifier);
    }
    throw error instanceof BuildError && unwritten ? unwritten : error;
  }
}

/** What tells of the build's steps, where somebody wants to know. */
function graphReader({ node, options, plan }: NodeBuild): ((result: Result) => Promise<void>) | undefined {
  const { onGraph } = options;
  return (
    onGraph &&
    (async (result) => onGraph((await import("./read-graph.ts")).readGraph(node.name, result, plan)))
  );
}

/** Gets the Dockerfile that was given by URL, and shows it. */
async function loadDockerfile(
  { plan, progress, signal }: NodeBuild,
  { client }: NodeConnection,
  session: Session,
): Promise<void> {
  if (!plan.remoteDockerfile) return;
  const { fetchDockerfile } = await import("./remote-dockerfile.ts");
  const { url, files } = plan.remoteDockerfile;
  const ref = newRef();
  const fetching = fetchDockerfile(
    client,
    { url, ref, session, verified: plan.verifiers.length > 0 },
    signal,
  );
  progress.add(followBuild(client, ref, fetching, signal, progress.abandoned));
  files.set("Dockerfile", await fetching);
}

/** Runs an action that a session serves, and ends the session after it whatever the outcome. */
async function inSession<T>(
  build: NodeBuild,
  { client }: NodeConnection,
  listeners: SessionListeners,
  action: (session: Session) => Promise<T>,
): Promise<T> {
  const { node, options, grants, plan, signal } = build;
  const session = await openSession(
    client.channel,
    {
      id: newRef(),
      sharedKey: sharedKey(plan.sharedKey, options.clientId),
      handlers: new Map([...grants, ...(await planHandlers(build, listeners))]),
      ...(node.handle.dialSession && { dial: node.handle.dialSession.bind(node.handle) }),
    },
    signal,
  );
  try {
    return await Promise.race([action(session), session.lost]);
  } finally {
    await session.close();
  }
}

/** What of this side the plan opens to the daemon: directories, stores, streams. */
async function planHandlers(
  { node, plan, transfers, signal }: NodeBuild,
  { onUnwritten, onThrown }: SessionListeners,
): Promise<ReadonlyMap<string, ServerHandler>> {
  const onWarning = (text: string) => plan.notices.push(text);
  return new Map([
    ...(plan.dirs.size > 0
      ? fileSyncHandlers(plan.dirs, {
          onWarning,
          readXattrs: await loadXattrReader(),
          sentOf: (mount) => transfers.sent(node.name, mount),
        })
      : []),
    ...(plan.stores.size > 0
      ? (await import("../buildkit/session/content/handlers.ts")).contentHandlers(plan.stores)
      : []),
    ...(plan.uploads.size > 0
      ? uploadHandlers(plan.uploads, () => transfers.sent(node.name, "context"))
      : []),
    ...(plan.verifiers.length > 0
      ? (await import("../buildkit/session/policy/handlers.ts")).policyHandlers(plan.verifiers, {
          signal,
          onThrown,
        })
      : []),
    ...fileSendHandlers(plan.targets, { onWarning, onFailure: onUnwritten }),
  ]);
}

/** A build on the host's network needs the entitlement for it; asking for the one is asking for the other. */
function entitlements(options: BuildOptions): string[] {
  const allowed = new Set(options.allow);
  if (options.network === "host") allowed.add("network.host");
  return [...allowed];
}

/** Rejects with the first load that fails: its reason says more than the daemon's broken stream. */
function failureOf(loadings: readonly Loading[]): Promise<never> {
  return new Promise((_, reject) => {
    for (const { done } of loadings) done.catch(reject);
  });
}

/** Where images are known by their manifest or index, the configuration's digest would name nothing. */
function withoutConfigDigest(plan: Plan, response: ExporterResponse): ExporterResponse {
  if (!plan.exporters.some(({ attrs }) => attrs["prefer-image-digest"] === "true")) return response;
  const { "containerimage.config.digest": _, ...others } = response;
  return others;
}
