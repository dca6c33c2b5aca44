import type { Credential, CredentialProvider } from "@tsbx/core/driver";
import { credentialHost } from "@tsbx/core/driver";

/** The `X-Registry-Auth` header with which the daemon asks a registry on our behalf. */
export async function registryAuth(
  registry: string,
  credentials: CredentialProvider | undefined,
  signal: AbortSignal,
): Promise<string> {
  const host = credentialHost(registry);
  const credential = await credentials?.credentials(host, signal);
  // The header must be there for a push, also without a credential.
  return encode(credential === undefined ? {} : { ...fields(credential), serveraddress: host });
}

function fields(credential: Credential): Readonly<Record<string, string>> {
  if ("identityToken" in credential) return { identitytoken: credential.identityToken };
  if ("registryToken" in credential) return { registrytoken: credential.registryToken };
  return { username: credential.username, password: credential.password };
}

/** Base64 of RFC 4648, section 5, padded as the daemon's decoder wants it. */
function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}
