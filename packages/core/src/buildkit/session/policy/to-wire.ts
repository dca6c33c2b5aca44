import { ChecksumAlgo, ResolveSourceMetaRequest } from "../../../gen/gateway.ts";
import { type CheckPolicyRequest, CheckPolicyResponse } from "../../../gen/policysession.ts";
import { PolicyAction } from "../../../gen/sourcepolicy.ts";
import type { ResolveSource, SourceDecision } from "./source.ts";

/**
 * The answer to the daemon's question.
 * @throws TypeError for what is no decision: it came from a program
 */
export function policyResponse(decision: SourceDecision, request: CheckPolicyRequest): CheckPolicyResponse {
  switch (decision?.action) {
    case "ALLOW":
      return CheckPolicyResponse.fromPartial({ decision: { action: PolicyAction.ALLOW } });
    case "DENY": {
      const denyMessages = (decision.messages ?? []).map((message) => ({ message }));
      return CheckPolicyResponse.fromPartial({ decision: { action: PolicyAction.DENY, denyMessages } });
    }
    case "CONVERT": {
      const { identifier, attrs } = request.source?.source ?? { identifier: "", attrs: {} };
      const update = {
        identifier: decision.identifier ?? identifier,
        attrs: { ...(decision.attrs ?? attrs) },
      };
      return CheckPolicyResponse.fromPartial({ decision: { action: PolicyAction.CONVERT, update } });
    }
    case "RESOLVE":
      return CheckPolicyResponse.fromPartial({ request: metaRequest(decision, request) });
    default:
      throw new TypeError("verifySource returned no decision");
  }
}

function metaRequest(
  { image, git, http }: ResolveSource,
  { source, platform }: CheckPolicyRequest,
): ResolveSourceMetaRequest {
  return ResolveSourceMetaRequest.fromPartial({
    // The daemon takes no other than the one that it asked about.
    source: source?.source,
    platform,
    ...(image && {
      image: {
        attestationChain: image.attestationChain ?? false,
        resolveAttestations: [...(image.attestations ?? [])],
      },
    }),
    ...(git && { git: { returnObject: git.objects ?? false } }),
    ...(http?.suffixed && {
      http: {
        checksumRequest: { algo: ChecksumAlgo[http.suffixed.algorithm], suffix: http.suffixed.suffix },
      },
    }),
  });
}
