import { isDeepStrictEqual } from "node:util";
import { type DriverContext, isTsbxError, withDeadline } from "@tsbx/core/driver";
import { type Credentials, credentialsOf, isCurrent } from "../access/credentials.ts";
import { stringField } from "../access/kubeconfig.ts";
import { findTarget, type Target, type TargetRequest } from "../access/target.ts";
import { type ApiStatus, refused, unreachable } from "./errors.ts";
import { HttpConnection } from "./http.ts";

/** The bound over one request: connection and answer. Credentials may take a plugin longer, which asks its user. */
const REQUEST_MS = 8000;
const JSON_TYPE = { "content-type": "application/json" };

export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  path: string;
  query?: Readonly<Record<string, string>>;
  body?: unknown;
  /** For messages, after "Kubernetes refused to": `create deployment b0`. */
  action: string;
}

/** Where the API server is, and what to identify with. */
export interface Session {
  target: Target;
  /** Without a slash at the end. */
  server: string;
  credentials: Credentials;
}

/**
 * Talks to an API server. The client library's own API classes are not used: loading them takes longer than a
 * cached build, and their requests cannot be aborted.
 */
export class ApiClient {
  readonly #request: TargetRequest;
  readonly #env: DriverContext["env"];
  #session: Session | undefined;
  #connection: HttpConnection | undefined;

  constructor(request: TargetRequest, env: DriverContext["env"]) {
    this.#request = request;
    this.#env = env;
  }

  /** Finds the server and its credentials; anew when those are about to end. */
  async session(signal: AbortSignal): Promise<Session> {
    if (this.#session && isCurrent(this.#session.credentials)) return this.#session;
    const target = this.#session?.target ?? (await findTarget(this.#request, this.#env));
    const credentials = await credentialsOf(target, this.#env, signal);
    const server = stringField(target.cluster.fields, "server")!.replace(/\/+$/, "");
    // Most often only the token is another.
    if (!isDeepStrictEqual(credentials.tls, this.#session?.credentials.tls) || credentials.agent) {
      this.#connection = new HttpConnection(server, credentials);
    }
    this.#session = { target, server, credentials };
    return this.#session;
  }

  async namespace(signal: AbortSignal): Promise<string> {
    return (await this.session(signal)).target.namespace;
  }

  /**
   * Makes one request.
   * @returns the answer's JSON
   * @throws TsbxError `KUBERNETES_UNREACHABLE`, `KUBERNETES_DENIED`, `KUBERNETES_NOT_FOUND` and so on
   */
  async json<T>(request: ApiRequest, signal: AbortSignal): Promise<T> {
    return JSON.parse(await this.text(request, signal));
  }

  /** As {@link json}, for answers that are plain text. */
  async text(request: ApiRequest, signal: AbortSignal): Promise<string> {
    const { method, path, query, body, action } = request;
    const { server, target, credentials } = await this.session(signal);
    const sent = {
      method,
      path: query ? `${path}?${new URLSearchParams(query)}` : path,
      headers: { ...credentials.headers, accept: "application/json", ...(body !== undefined && JSON_TYPE) },
      body: body === undefined ? undefined : JSON.stringify(body),
    };
    const silent = () =>
      unreachable(server, target.source, new Error(`no answer within ${REQUEST_MS / 1000} s`));
    const answer = await withDeadline(REQUEST_MS, signal, silent, async (either) => {
      try {
        return await this.#connection!.send(sent, either);
      } catch (error) {
        either.throwIfAborted();
        throw isTsbxError(error) ? error : unreachable(server, target.source, error);
      }
    });
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    // A plugin's token may have been taken back before its end.
    if (answer.status === 401 && this.#session) this.#session.credentials.expires = 0;
    throw refused(action, target.source, answer.status, statusOf(answer.body));
  }
}

/** What an answer says of its failure: a Status object, or something from a proxy on the way. */
export function statusOf(body: string): ApiStatus {
  try {
    const status: unknown = JSON.parse(body);
    if (typeof status === "object" && status !== null) return status;
  } catch {}
  return { message: body.trim().slice(0, 500) };
}
