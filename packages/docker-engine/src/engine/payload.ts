import type { ClientRequest } from "node:http";

/** A request's body, ready to be sent. */
export interface Payload {
  headers: Readonly<Record<string, string>>;
  content: string | Uint8Array | AsyncIterable<Uint8Array> | undefined;
}

export function payloadOf(body: unknown): Payload {
  if (body === undefined) return { headers: {}, content: undefined };
  if (body instanceof Uint8Array || isByteStream(body)) {
    return { headers: { "Content-Type": "application/x-tar" }, content: body };
  }
  return { headers: { "Content-Type": "application/json" }, content: JSON.stringify(body) };
}

/** Sends a body and ends the request. Stops reading it when the request is closed before. */
export async function sendPayload(content: Payload["content"], request: ClientRequest): Promise<void> {
  if (!isByteStream(content)) {
    request.end(content);
    return;
  }
  for await (const chunk of content) {
    if (request.destroyed) return;
    if (!request.write(chunk)) await drained(request);
  }
  request.end();
}

function isByteStream(value: unknown): value is AsyncIterable<Uint8Array> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function drained(request: ClientRequest): Promise<void> {
  if (request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = () => {
      request.off("drain", settle).off("close", settle);
      resolve();
    };
    request.on("drain", settle).on("close", settle);
  });
}
