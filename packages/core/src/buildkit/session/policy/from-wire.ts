import type {
  ResolveSourceGitResponse,
  ResolveSourceHTTPResponse,
  ResolveSourceImageResponse,
  AttestationChain as WireAttestationChain,
} from "../../../gen/gateway.ts";
import type { CheckPolicyRequest } from "../../../gen/policysession.ts";
import { formatPlatform } from "../../../image/platform.ts";
import type { AttestationChain, SourceGit, SourceHttp, SourceImage, SourceRequest } from "./source.ts";

/** The daemon's question, in the words of a {@link SourceRequest}. */
export function sourceRequest({ source: meta, platform }: CheckPolicyRequest): SourceRequest {
  return {
    identifier: meta?.source?.identifier ?? "",
    attrs: { ...meta?.source?.attrs },
    ...(platform && { platform: formatPlatform(platform) }),
    ...(meta?.image && { image: sourceImage(meta.image) }),
    ...(meta?.git && { git: sourceGit(meta.git) }),
    ...(meta?.http && { http: sourceHttp(meta.http) }),
  };
}

function sourceImage({ digest, config, attestationChain }: ResolveSourceImageResponse): SourceImage {
  return { digest, config, ...(attestationChain && { attestationChain: chain(attestationChain) }) };
}

function chain({ blobs, ...digests }: WireAttestationChain): AttestationChain {
  const entries = Object.entries(blobs).map(([digest, { descriptor, data }]) => {
    const { mediaType = "", annotations = {} } = descriptor ?? {};
    return [digest, { mediaType, annotations, data }] as const;
  });
  return { ...digests, blobs: new Map(entries) };
}

function sourceGit(git: ResolveSourceGitResponse): SourceGit {
  const { checksum, ref, commitChecksum, commitObject, tagObject } = git;
  return {
    checksum,
    ref,
    ...(commitChecksum && { commitChecksum }),
    ...(commitObject.length > 0 && { commitObject }),
    ...(tagObject.length > 0 && { tagObject }),
  };
}

function sourceHttp(http: ResolveSourceHTTPResponse): SourceHttp {
  const { checksum, filename, lastModified, checksumResponse } = http;
  return {
    checksum,
    ...(filename && { filename }),
    ...(lastModified && {
      lastModified: new Date(Number(lastModified.seconds) * 1000 + lastModified.nanos / 1e6),
    }),
    ...(checksumResponse && { suffixed: checksumResponse }),
  };
}
