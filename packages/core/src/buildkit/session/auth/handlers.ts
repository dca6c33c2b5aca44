import { AuthDefinition } from "../../../gen/auth.ts";
import type { ServerHandler } from "../../transport/stream.ts";
import { unary } from "../unary.ts";
import type { Credential, CredentialProvider } from "./provider.ts";
import { fetchToken } from "./token.ts";
import { TokenAuthority } from "./token-authority.ts";

/** Docker Hub's registry, and its key in Docker's configuration. */
const HUB_REGISTRY = "registry-1.docker.io";
const HUB_KEY = "https://index.docker.io/v1/";

export interface AuthOptions {
  /** For token servers that need another certificate authority or a proxy. Default: Node's own. */
  fetch?: typeof globalThis.fetch;
}

/** The service that answers for registry credentials (`moby.filesync.v1.Auth`). */
export function authHandlers(
  provider: CredentialProvider | undefined,
  options: AuthOptions = {},
): ReadonlyMap<string, ServerHandler> {
  const { methods } = AuthDefinition;
  const authority = new TokenAuthority();
  const find = async (host: string, signal: AbortSignal): Promise<Credential | undefined> =>
    provider?.credentials(host === HUB_REGISTRY ? HUB_KEY : host, signal);
  const hasSecret = async (host: string, signal: AbortSignal) => (await find(host, signal)) !== undefined;
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
        publicKey: authority.publicKey(host, salt, await hasSecret(host, signal)),
      })),
    ],
    [
      "/moby.filesync.v1.Auth/VerifyTokenAuthority",
      unary(methods.verifyTokenAuthority, async ({ host, salt, payload }, { signal }) => ({
        signed: authority.sign(host, salt, payload, await hasSecret(host, signal)),
      })),
    ],
  ]);
}
