import { AuthDefinition } from "../../../gen/auth.ts";
import type { ServerHandler } from "../../transport/stream.ts";
import { unary } from "../unary.ts";
import { type Credential, type CredentialProvider, credentialHost } from "./provider.ts";
import { fetchToken } from "./token.ts";
import { authorityKey, rawPublicKey, signed } from "./token-authority.ts";
import { TokenSeeds } from "./token-seeds.ts";

export interface AuthOptions {
  /** For token servers that need another certificate authority or a proxy. Default: Node's own. */
  fetch?: typeof globalThis.fetch;
  /**
   * Directory that keeps what identifies this machine's credentials to the daemon, usually `~/.docker`: with
   * it, builds share the registry tokens that the daemon holds. Default: nothing is kept.
   */
  seedDir?: string;
}

/** The service that answers for registry credentials (`moby.filesync.v1.Auth`). */
export function authHandlers(
  provider: CredentialProvider | undefined,
  options: AuthOptions = {},
): ReadonlyMap<string, ServerHandler> {
  const { methods } = AuthDefinition;
  const seeds = new TokenSeeds(options.seedDir);
  const find = async (host: string, signal: AbortSignal): Promise<Credential | undefined> =>
    provider?.credentials(credentialHost(host), signal);
  const keyOf = async (host: string, salt: Uint8Array, signal: AbortSignal) =>
    authorityKey((await find(host, signal)) ? await seeds.seed(host) : new Uint8Array(), salt);
  return new Map([
    [
      "/moby.filesync.v1.Auth/Credentials",
      unary(methods.credentials, async ({ host }, { signal }) => {
        const credential = await find(host, signal);
        if (!credential || "registryToken" in credential) return { username: "", secret: "" };
        if ("identityToken" in credential) return { username: "", secret: credential.identityToken };
        return { username: credential.username, secret: credential.password };
      }),
    ],
    [
      "/moby.filesync.v1.Auth/FetchToken",
      unary(methods.fetchToken, async (request, { signal }) =>
        fetchToken(request, await find(request.host, signal), options.fetch ?? fetch, signal),
      ),
    ],
    [
      "/moby.filesync.v1.Auth/GetTokenAuthority",
      unary(methods.getTokenAuthority, async ({ host, salt }, { signal }) => ({
        publicKey: rawPublicKey(await keyOf(host, salt, signal)),
      })),
    ],
    [
      "/moby.filesync.v1.Auth/VerifyTokenAuthority",
      unary(methods.verifyTokenAuthority, async ({ host, salt, payload }, { signal }) => ({
        signed: signed(await keyOf(host, salt, signal), payload),
      })),
    ],
  ]);
}
