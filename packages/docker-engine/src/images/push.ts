import { parseReference } from "@tsbx/core/driver";
import type { Engine } from "../engine/engine.ts";
import { reportLayer } from "./layers.ts";
import { engineMessages } from "./messages.ts";
import type { TransferOptions } from "./pull.ts";
import { registryAuth } from "./registry-auth.ts";

/**
 * Has the daemon push an image of its store: one step of `progress`, with a part for each layer.
 * @param reference as people write it; without tag, `latest`
 * @returns the digest of the pushed manifest, where the daemon tells it
 * @throws TsbxError `INVALID_REFERENCE`, `ENGINE_ERROR`, `ENGINE_UNREACHABLE`
 */
export async function pushImage(
  engine: Engine,
  reference: string,
  { credentials, progress, signal }: TransferOptions,
): Promise<string | undefined> {
  const { domain, path, tag = "latest" } = parseReference(reference);
  progress(`pushing ${reference}`);
  const answer = await engine.stream("POST", `/images/${domain}/${path}/push`, {
    query: { tag },
    headers: { "X-Registry-Auth": await registryAuth(domain, credentials, signal) },
    signal,
  });
  let digest: string | undefined;
  for await (const message of engineMessages(answer, engine.description, `push ${reference}`)) {
    reportLayer(message, progress);
    if (typeof message.aux?.Digest === "string") digest = message.aux.Digest;
  }
  return digest;
}
