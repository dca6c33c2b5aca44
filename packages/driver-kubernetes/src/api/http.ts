import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import type { Credentials } from "../access/credentials.ts";

const IDLE_MS = 30_000;

export interface HttpRequest {
  method: string;
  /** Below the server's own, with its query. */
  path: string;
  headers: OutgoingHttpHeaders;
  body?: string;
}

/** Requests to one server, over connections that are kept open between them. */
export class HttpConnection {
  readonly #server: URL;
  readonly #agent: HttpAgent;

  constructor(server: string, { agent, tls }: Pick<Credentials, "agent" | "tls">) {
    this.#server = new URL(server);
    const options = { keepAlive: true, timeout: IDLE_MS };
    this.#agent =
      agent ??
      (this.#server.protocol === "http:" ? new HttpAgent(options) : new HttpsAgent({ ...options, ...tls }));
  }

  async send(request: HttpRequest, signal: AbortSignal): Promise<{ status: number; body: string }> {
    const answer = await this.#answer(request, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      // The server may close a connection just when it is used again.
      if (request.method === "GET" && isReset(error)) return this.#answer(request, signal);
      throw error;
    });
    return { status: answer.statusCode!, body: await text(answer) };
  }

  #answer({ method, path, headers, body }: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const { protocol, hostname, port, pathname } = this.#server;
    const send = protocol === "http:" ? httpRequest : httpsRequest;
    return new Promise((resolve, reject) => {
      const request = send(
        {
          method,
          protocol,
          // Without the brackets of an IPv6 address.
          hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
          port,
          path: `${pathname.replace(/\/$/, "")}${path}`,
          headers: {
            ...headers,
            // Node leaves it out where a method has no body by custom, such as DELETE.
            ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
          },
          agent: this.#agent,
          signal,
        },
        resolve,
      );
      request.once("error", reject);
      request.end(body);
    });
  }
}

function isReset(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
}
