import {
  type CheckPolicyRequest,
  type CheckPolicyResponse,
  PolicyVerifierDefinition,
} from "../../../gen/policysession.ts";
import type { ServerHandler } from "../../transport/stream.ts";
import { unary } from "../unary.ts";
import { sourceRequest } from "./from-wire.ts";
import type { SourceDecision, SourceRequest, SourceVerifier } from "./source.ts";
import { policyResponse } from "./to-wire.ts";

interface PolicyOptions {
  /** Ends what is still being decided. */
  signal: AbortSignal;
  /** Learns what a verifier threw: for the daemon it is a denial. */
  onThrown: (identifier: string, error: unknown) => void;
}

/**
 * The service that the daemon asks about a build's sources (`PolicyVerifier` of BuildKit's policy sessions). Of
 * several verifiers all must allow; the first that says something else is heard.
 */
export function policyHandlers(
  verifiers: readonly SourceVerifier[],
  { signal, onThrown }: PolicyOptions,
): ReadonlyMap<string, ServerHandler> {
  const { fullName, methods } = PolicyVerifierDefinition;
  const handler = unary(methods.checkPolicy, async (question, call) => {
    const ended = AbortSignal.any([signal, call.signal]);
    try {
      return await untilAborted(answer(verifiers, question, ended), ended);
    } catch (error) {
      // Who no longer listens was denied nothing.
      if (ended.aborted) throw error;
      onThrown(question.source?.source?.identifier ?? "", error);
      const message = error instanceof Error ? error.message : String(error);
      return policyResponse({ action: "DENY", messages: [message] }, question);
    }
  });
  return new Map([[`/${fullName}/${methods.checkPolicy.name}`, handler]]);
}

async function answer(
  verifiers: readonly SourceVerifier[],
  question: CheckPolicyRequest,
  signal: AbortSignal,
): Promise<CheckPolicyResponse> {
  const source = sourceRequest(question);
  for (const verify of verifiers) {
    const decision = await verify(source, { signal });
    if (!allows(decision, source)) return policyResponse(decision, question);
  }
  return policyResponse({ action: "ALLOW" }, question);
}

/** Whoever converts a source to itself is content with it, and must not be asked for ever. */
function allows(decision: SourceDecision, { identifier, attrs }: SourceRequest): boolean {
  if (decision?.action !== "CONVERT") return decision?.action === "ALLOW";
  const { identifier: wanted = identifier, attrs: wantedAttrs = attrs } = decision;
  const names = Object.keys(wantedAttrs);
  return (
    wanted === identifier &&
    names.length === Object.keys(attrs).length &&
    names.every((name) => wantedAttrs[name] === attrs[name])
  );
}

/** A verifier need not know of signals: who waits for it does. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
