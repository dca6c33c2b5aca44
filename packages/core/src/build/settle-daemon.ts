import type { ControlClient } from "../buildkit/control/client.ts";
import type { Session } from "../buildkit/session/session.ts";
import { TsbxError } from "../errors.ts";
import { SolveRequest } from "../gen/control.ts";
import { setCacheImports } from "./cache.ts";
import type { Plan } from "./plan.ts";
import { newRef } from "./ref.ts";
import { runAsFrontend } from "./solve.ts";

/** Cache types that older daemons do not know, with the capability of those that do. */
const CACHES: Readonly<Record<string, string>> = { gha: "cache.gha", s3: "cache.s3" };

/**
 * Adapts a plan to what the daemon's BuildKit knows; it is asked only where the plan has something that not all know.
 * A cache that the daemon does not know is left out, with a notice.
 * @throws TsbxError `MULTIPLE_OUTPUTS_UNSUPPORTED`, `VERIFY_SOURCE_UNSUPPORTED`
 */
export async function settleDaemon(
  plan: Plan,
  capabilities: () => Promise<ReadonlySet<string>>,
): Promise<void> {
  const caches = [...plan.cacheImports, ...plan.cacheExports].filter(({ type }) => CACHES[type]);
  const verifies = plan.verifiers.length > 0;
  if (plan.exporters.length < 2 && caches.length === 0 && !verifies) return;
  const known = await capabilities();
  if (plan.exporters.length > 1 && !known.has("exporter.multiple")) {
    throw new TsbxError(
      "MULTIPLE_OUTPUTS_UNSUPPORTED",
      "multiple outputs currently unsupported by the current BuildKit daemon, please upgrade to version v0.13+ or use a single output",
    );
  }
  if (verifies && !known.has("source.policy.session")) {
    throw new TsbxError(
      "VERIFY_SOURCE_UNSUPPORTED",
      "the BuildKit daemon cannot ask about the sources that it uses: verifySource would not be called",
      { hint: "Update BuildKit to v0.27 or newer, or give the rules as a sourcePolicy." },
    );
  }
  const unknown = new Set(caches.filter(({ type }) => !known.has(CACHES[type]!)).map(({ type }) => type));
  if (unknown.size === 0) return;
  for (const type of unknown) plan.notices.push(`cache of type ${type} is unknown to the daemon: skipped`);
  plan.cacheExports = plan.cacheExports.filter(({ type }) => !unknown.has(type));
  plan.cacheImports = plan.cacheImports.filter(({ type }) => !unknown.has(type));
  setCacheImports(plan);
}

/** What builds on a daemon can make use of: only a build can ask. */
export async function daemonCapabilities(
  client: ControlClient,
  session: Session,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const cache = { imports: [], exports: [] };
  const request = SolveRequest.fromPartial({ ref: newRef(), session: session.id, internal: true, cache });
  let found: ReadonlySet<string> = new Set();
  await runAsFrontend(client, request, signal, async (gateway) => {
    found = await gateway.capabilities();
    return undefined;
  });
  return found;
}
