import type { IncomingMessage } from "node:http";
import type { Duplex, Readable } from "node:stream";
import { dockerHost } from "@tsbx/core/driver";
import { dialTarget } from "../connection/dial.ts";
import { isUrl, resolveEndpoint } from "../connection/resolve.ts";
import type { Environment } from "../contexts/config.ts";
import { EngineError } from "../errors.ts";
import { DialingAgent } from "./agent.ts";
import { readJson, refusal } from "./answer.ts";
import type { Engine, EngineRequest, UpgradeRequest } from "./engine.ts";
import { type Answer, exchange, type Transport } from "./exchange.ts";
import { commonVersion } from "./version.ts";

/**
 * The engine of an endpoint. Does no I/O: that starts with the first use. Connections are kept for the next
 * request for some seconds, and never keep the process alive.
 *
 * @param endpoint a docker context's name, or a URL: `unix://`, `npipe://`, `tcp://`, `http(s)://`, `ssh://`;
 *   by default the current context
 * @param env the environment: `DOCKER_HOST`, `DOCKER_CONTEXT`, `DOCKER_CONFIG`, `DOCKER_TLS_VERIFY`,
 *   `DOCKER_CERT_PATH`, `DOCKER_API_VERSION`, and what ssh reads of it
 */
export function openEngine(endpoint: string | undefined, env: Environment): Engine {
  return new HttpEngine(endpoint, env);
}

interface OpenedTransport extends Transport {
  dial(signal: AbortSignal): Promise<Duplex>;
}

class HttpEngine implements Engine {
  readonly #endpoint: string | undefined;
  readonly #env: Environment;
  #opening: Promise<OpenedTransport> | undefined;
  #description: string;
  #version: string | undefined;

  constructor(endpoint: string | undefined, env: Environment) {
    this.#endpoint = endpoint;
    this.#env = env;
    this.#description = describe(endpoint ?? (env.DOCKER_HOST && dockerHost(env)));
    this.#version = env.DOCKER_API_VERSION || undefined;
  }

  get description(): string {
    return this.#description;
  }

  async dial(signal: AbortSignal): Promise<Duplex> {
    return (await this.#transport()).dial(signal);
  }

  async apiVersion(signal: AbortSignal): Promise<string> {
    if (this.#version === undefined) {
      const { message } = await this.#ask("GET", "/_ping", { prompt: true, signal });
      message.resume();
      const version = message.headers["api-version"];
      this.#version = commonVersion(typeof version === "string" ? version : undefined);
    }
    return this.#version;
  }

  async json<T>(method: string, path: string, request: EngineRequest): Promise<T> {
    const message = await this.#message(method, path, request);
    return (await readJson(message, this.#description)) as T;
  }

  stream(method: string, path: string, request: EngineRequest): Promise<Readable> {
    return this.#message(method, path, request);
  }

  async upgrade(path: string, request: UpgradeRequest): Promise<Duplex> {
    const { message, stream } = await this.#askVersioned("POST", path, request, request.protocol);
    if (stream) return stream;
    message.destroy();
    throw new EngineError(
      message.statusCode ?? 0,
      `${this.#description} did not turn POST ${path} into a stream of ${request.protocol}`,
    );
  }

  async #message(method: string, path: string, request: EngineRequest): Promise<IncomingMessage> {
    return (await this.#askVersioned(method, path, request)).message;
  }

  async #askVersioned(
    method: string,
    path: string,
    request: EngineRequest,
    upgrade?: string,
  ): Promise<Answer> {
    const version = await this.apiVersion(request.signal);
    return this.#ask(method, `/v${version}${path}`, request, upgrade);
  }

  async #ask(method: string, path: string, request: EngineRequest, upgrade?: string): Promise<Answer> {
    const transport = await this.#transport();
    const answer = await exchange(transport, method, path, request, upgrade);
    if ((answer.message.statusCode ?? 0) >= 400) throw await refusal(answer.message, transport.subject);
    return answer;
  }

  #transport(): Promise<OpenedTransport> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #open(): Promise<OpenedTransport> {
    const target = await resolveEndpoint(this.#endpoint, this.#env);
    const subject = describe(target.host);
    this.#description = subject;
    const dial = (signal: AbortSignal) => dialTarget(target, subject, this.#env, signal);
    const { address } = target;
    // A name that no proxy takes for itself.
    const authority = address.kind === "tcp" ? authorityOf(address) : "api.moby.localhost";
    return { agent: new DialingAgent(dial), subject, authority, dial };
  }
}

function authorityOf({ host, port }: { host: string; port?: number }): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}

function describe(endpoint: string | undefined): string {
  if (endpoint === undefined) return "Docker of the current context";
  return isUrl(endpoint) ? `Docker at ${endpoint}` : `Docker of the context ${endpoint}`;
}
