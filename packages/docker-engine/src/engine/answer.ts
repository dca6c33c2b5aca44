import type { IncomingMessage } from "node:http";
import type { TsbxError } from "@tsbx/core/driver";
import { isRecord } from "../contexts/config.ts";
import { connectionError, EngineError, wantsTls } from "../errors.ts";

/** How much of an error's text is read. */
const ERROR_BYTES = 64 * 1024;

/** What Go's servers say on a port with TLS to those who come without. */
const PLAIN_TO_TLS = "HTTP request to an HTTPS server";

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
export async function refusal(message: IncomingMessage, subject: string): Promise<TsbxError> {
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
  if (said.includes(PLAIN_TO_TLS)) return wantsTls(subject);
  return new EngineError(status, `${subject} answered ${status}: ${said}`);
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
