import { type CredentialProvider, credentialHost } from "../../buildkit/session/auth/provider.ts";
import { fetchToken } from "../../buildkit/session/auth/token.ts";
import { TsbxError } from "../../errors.ts";
import { parseChallenge } from "./challenge.ts";
import { isLoopback, type RegistryHost } from "./hosts.ts";
import { fetchWith } from "./transport.ts";

const CLIENT_ID = "tsbx";
const MANIFEST_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
/** As registries limit manifests themselves. */
const MAX_MANIFEST = 4 * 1024 * 1024;

export interface RegistryOptions extends RegistryHost {
  credentials?: CredentialProvider | undefined;
  signal: AbortSignal;
}

/** The manifests of one repository in a registry (OCI distribution spec). */
export class Repository {
  readonly #host: string;
  readonly #path: string;
  readonly #options: RegistryOptions;
  readonly #fetch: typeof globalThis.fetch;
  #scheme: "https" | "http" | undefined;
  #authorization: string | undefined;

  /** @param host as in references: `docker.io`, `localhost:5000` */
  constructor(host: string, path: string, options: RegistryOptions) {
    this.#host = host;
    this.#path = path;
    this.#options = options;
    this.#fetch = fetchWith(options);
    if (options.http !== undefined) this.#scheme = options.http ? "http" : "https";
  }

  /** @throws TsbxError `REGISTRY_ERROR` */
  async manifest(digest: string): Promise<Record<string, unknown>> {
    const response = await this.#ask(digest, { headers: { accept: MANIFEST_TYPES.join(", ") } });
    const text = await response.text();
    if (text.length > MAX_MANIFEST) throw this.#error(`manifest ${digest} is too large`);
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw this.#error(`manifest ${digest} is not JSON`, cause);
    }
  }

  /** @throws TsbxError `REGISTRY_ERROR` */
  async putManifest(reference: string, mediaType: string, body: string): Promise<void> {
    const response = await this.#ask(reference, {
      method: "PUT",
      headers: { "content-type": mediaType },
      body,
    });
    await response.body?.cancel();
  }

  async #ask(reference: string, init: RequestInit): Promise<Response> {
    let response = await this.#send(reference, init);
    if (response.status === 401) {
      await response.body?.cancel();
      this.#authorization = await this.#authorize(response.headers.get("www-authenticate") ?? "");
      response = await this.#send(reference, init);
    }
    if (response.ok) return response;
    const detail = (await response.text()).slice(0, 500);
    throw this.#error(
      `${init.method ?? "GET"} ${reference}: HTTP status ${response.status}${detail && `: ${detail}`}`,
    );
  }

  async #send(reference: string, init: RequestInit): Promise<Response> {
    const { signal } = this.#options;
    const server = this.#host === "docker.io" ? "registry-1.docker.io" : this.#host;
    const headers = { ...init.headers, ...(this.#authorization && { authorization: this.#authorization }) };
    const send = (scheme: string) =>
      this.#fetch(`${scheme}://${server}/v2/${this.#path}/manifests/${reference}`, {
        ...init,
        headers,
        signal,
      });
    try {
      if (this.#scheme) return await send(this.#scheme);
      const response = await send("https").catch((error) => {
        // A registry on this machine that answers TLS with something else speaks plain HTTP.
        if (!isLoopback(server) || signal.aborted) throw error;
        this.#scheme = "http";
        return send("http");
      });
      this.#scheme ??= "https";
      return response;
    } catch (cause) {
      throw this.#error((cause as Error).message, cause);
    }
  }

  async #authorize(header: string): Promise<string> {
    const { credentials, signal } = this.#options;
    const credential = await credentials?.credentials(credentialHost(this.#host), signal);
    const challenge = parseChallenge(header);
    if (challenge?.scheme === "basic" && credential && "username" in credential) {
      return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString("base64")}`;
    }
    if (challenge?.scheme !== "bearer" || !challenge.realm) {
      throw this.#error("it wants a login and none is known");
    }
    const request = {
      clientId: CLIENT_ID,
      host: this.#host,
      realm: challenge.realm,
      service: challenge.service ?? "",
      scopes: [`repository:${this.#path}:pull,push`],
    };
    try {
      return `Bearer ${(await fetchToken(request, credential, this.#fetch, signal)).token}`;
    } catch (cause) {
      throw this.#error((cause as Error).message, cause);
    }
  }

  #error(problem: string, cause?: unknown): TsbxError {
    return new TsbxError("REGISTRY_ERROR", `registry ${this.#host}, repository ${this.#path}: ${problem}`, {
      hint: `Check that the registry answers and that you may push there (docker login ${this.#host}).`,
      cause,
    });
  }
}
