import { type CredentialProvider, parseReference, type StepProgress } from "@tsbx/core/driver";
import type { Engine } from "../engine/engine.ts";
import { reportLayer } from "./layers.ts";
import { engineMessages } from "./messages.ts";
import { registryAuth } from "./registry-auth.ts";

export interface TransferOptions {
  /** Default: the registry is asked anonymously. */
  credentials?: CredentialProvider | undefined;
  progress: StepProgress;
  signal: AbortSignal;
}

/**
 * Has the daemon pull an image: one step of `progress`, with a part for each layer.
 * @param reference as people write it; without tag and digest, `latest`
 * @throws TsbxError `INVALID_REFERENCE`, `ENGINE_ERROR`, `ENGINE_UNREACHABLE`
 */
export async function pullImage(
  engine: Engine,
  reference: string,
  { credentials, progress, signal }: TransferOptions,
): Promise<void> {
  const { domain, path, tag, digest } = parseReference(reference);
  progress(`pulling image ${reference}`);
  const answer = await engine.stream("POST", "/images/create", {
    query: { fromImage: `${domain}/${path}`, tag: digest ?? tag ?? "latest" },
    headers: { "X-Registry-Auth": await registryAuth(domain, credentials, signal) },
    signal,
  });
  for await (const message of engineMessages(answer, engine.description, `pull ${reference}`)) {
    reportLayer(message, progress);
  }
}
