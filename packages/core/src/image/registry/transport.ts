import { once } from "node:events";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { rootCertificates } from "node:tls";

export interface RegistryTls {
  /** Accepts any certificate. */
  insecure?: boolean;
  /** PEM; on top of what Node trusts. */
  ca?: readonly string[];
}

/** `fetch` over TLS with certificates of one's own, which the global one does not take. */
export function fetchWith({ insecure, ca }: RegistryTls): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const options = {
      method: init.method ?? "GET",
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(init.signal && { signal: init.signal }),
    };
    const request: ClientRequest =
      url.protocol === "http:"
        ? httpRequest(url, options)
        : httpsRequest(url, {
            ...options,
            rejectUnauthorized: !insecure,
            ...(ca?.length && { ca: [...rootCertificates, ...ca] }),
          });
    const body = init.body instanceof URLSearchParams ? init.body.toString() : init.body;
    if (init.body instanceof URLSearchParams) {
      request.setHeader("content-type", "application/x-www-form-urlencoded");
    }
    request.end(body);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const status = response.statusCode ?? 0;
    const hasBody = ![101, 204, 205, 304].includes(status);
    if (!hasBody) response.resume();
    return new Response(hasBody ? (Readable.toWeb(response) as ReadableStream) : null, {
      status,
      headers: Object.entries(response.headers).flatMap(([name, value]) =>
        [value].flat().map((each): [string, string] => [name, String(each)]),
      ),
    });
  };
}
