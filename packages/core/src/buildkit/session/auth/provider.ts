/** What a registry accepts as proof of who asks. */
export type Credential =
  | { username: string; password: string }
  /** A refresh token of the registry's token server. */
  | { identityToken: string }
  /** A bearer token for the registry itself. */
  | { registryToken: string };

/** Where registry credentials come from. */
export interface CredentialProvider {
  /**
   * The credential for a registry host such as `ghcr.io` or `localhost:5000` (Docker Hub is
   * `https://index.docker.io/v1/`, its key in Docker's configuration); undefined to ask anonymously.
   */
  credentials(host: string, signal: AbortSignal): Promise<Credential | undefined>;
}

/** Credentials given as values, by registry host. */
export function staticCredentials(byHost: Readonly<Record<string, Credential>>): CredentialProvider {
  return {
    credentials: async (host) => (Object.hasOwn(byHost, host) ? byHost[host] : undefined),
  };
}

/** What a registry is called in Docker's configuration: Docker Hub has a name of its own there. */
export function credentialHost(registry: string): string {
  return registry === "registry-1.docker.io" || registry === "docker.io"
    ? "https://index.docker.io/v1/"
    : registry;
}
