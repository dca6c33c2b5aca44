import { createHash } from "node:crypto";
import type { ControlClient } from "../buildkit/control/client.ts";
import type { Session } from "../buildkit/session/session.ts";
import { TsbxError } from "../errors.ts";
import { SolveRequest } from "../gen/control.ts";
import { Definition, Op } from "../gen/llb.ts";
import { runAsFrontend } from "./solve.ts";

const FILE = "Dockerfile";
const MAX_SIZE = 2 * 1024 * 1024;

interface RemoteRequest {
  url: string;
  /** Reference of the daemon's own little build. */
  ref: string;
  session: Session;
  /** Whether the session is asked about the source, too. */
  verified: boolean;
}

/**
 * Fetches a Dockerfile from an http(s) URL. The daemon does it, as it does with the URLs inside: what it can
 * reach, and what it has fetched before, counts.
 * @throws TsbxError `DOCKERFILE_TOO_LARGE`; BuildError when the daemon cannot fetch it
 */
export async function fetchDockerfile(
  client: ControlClient,
  { url, ref, session, verified }: RemoteRequest,
  signal: AbortSignal,
): Promise<Uint8Array> {
  let content: Uint8Array = new Uint8Array();
  const cache = { imports: [], exports: [] };
  const request = SolveRequest.fromPartial({
    ref,
    session: session.id,
    internal: true,
    cache,
    ...(verified && { sourcePolicySession: session.id }),
  });
  await runAsFrontend(client, request, signal, async (gateway) => {
    const result = await gateway.solve({ definition: download(url) });
    content = await gateway.readFile(result?.ref?.id ?? "", FILE, MAX_SIZE + 1);
    return undefined;
  });
  if (content.length <= MAX_SIZE) return content;
  throw new TsbxError("DOCKERFILE_TOO_LARGE", `the Dockerfile at ${url} is larger than 2 MiB`);
}

/** The build graph of nothing but a download. */
function download(url: string): Definition {
  const source = { source: { identifier: url, attrs: { "http.filename": FILE } } };
  const fetched = Op.encode(Op.fromPartial(source)).finish();
  const digest = `sha256:${createHash("sha256").update(fetched).digest("hex")}`;
  const end = Op.encode(Op.fromPartial({ inputs: [{ digest, index: 0n }] })).finish();
  const metadata = { [digest]: { description: { "llb.customname": `[internal] load ${url}` } } };
  return Definition.fromPartial({ def: [fetched, end], metadata });
}
