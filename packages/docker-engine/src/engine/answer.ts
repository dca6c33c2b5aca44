import type { IncomingMessage } from "node:http";
import { isRecord } from "../contexts/config.ts";
import { connectionError, EngineError } from "../errors.ts";

/** How much of an error's text is read. */
const ERROR_BYTES = 64 * 1024;

/** What Go's servers say on a port with TLS to those who come without. */
const PLAIN_TO_TLS = "HTTP request to an HTTPS server";
const WANTS_TLS =
  "The port wants TLS: use a docker context with certificates, or DOCKER_TLS_VERIFY and DOCKER_CERT_PATH.";

/** The whole of an answer as JSON; undefined when it is empty. */
export async function readJson(message: IncomingMessage, subject: string): Promise<unknown> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk);
  } catch (error) {
    throw connectionError(subject, error);
  }
  const text = Buffer.concat(chunks).toString().trim();
  return text === "" ? undefined : parseJson(text, message, subject);
}

/** The error that an answer is. Ends the answer. */
export async function refusal(message: IncomingMessage, subject: string): Promise<EngineError> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of message) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > ERROR_BYTES) break;
    }
  } catch {
    // What came until then is what there is to tell.
  }
  const status = message.statusCode ?? 0;
  const said =
    messageIn(Buffer.concat(chunks).toString().trim()) || message.statusMessage || "no reason given";
  const text = `${subject} answered ${status}: ${said}`;
  return new EngineError(status, text, said.includes(PLAIN_TO_TLS) ? { hint: WANTS_TLS } : {});
}

function messageIn(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && typeof value.message === "string" ? value.message : text;
  } catch {
    return text;
  }
}

function parseJson(text: string, message: IncomingMessage, subject: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const excerpt = JSON.stringify(text.slice(0, 100));
    throw new EngineError(message.statusCode ?? 0, `${subject} answered what is not JSON: ${excerpt}`);
  }
}
