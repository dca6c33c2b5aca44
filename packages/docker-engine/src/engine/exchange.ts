import { type ClientRequest, type IncomingMessage, request as send } from "node:http";
import type { Duplex } from "node:stream";
import { abortedError, throwIfAborted } from "@tsbx/core/driver";
import { connectionError, silent } from "../errors.ts";
import type { DialingAgent, DialingOptions } from "./agent.ts";
import type { EngineRequest } from "./engine.ts";
import { payloadOf, sendPayload } from "./payload.ts";

/** How long the head of a prompt answer may take, from the connection on. */
const PROMPT_MS = 8000;

/** What the daemon answered; with `stream` when it gave up the connection. */
export interface Answer {
  message: IncomingMessage;
  stream?: Duplex;
}

/** How requests get to the daemon. */
export interface Transport {
  agent: DialingAgent;
  /** Who is there, for messages. */
  subject: string;
  /** The `Host` header. */
  authority: string;
}

/**
 * Sends a request and waits for the head of the answer. The rest of the body may follow: when it fails, or
 * when `signal` aborts, the answer's message is destroyed with that error.
 * @param upgrade the protocol to turn the connection into
 */
export async function exchange(
  { agent, subject, authority }: Transport,
  method: string,
  path: string,
  { headers, body, query, prompt, signal }: EngineRequest,
  upgrade?: string,
): Promise<Answer> {
  throwIfAborted(signal);
  const payload = payloadOf(body);
  const options: DialingOptions = {
    agent,
    method,
    path: path + queryText(query),
    headers: {
      Host: authority,
      ...payload.headers,
      ...(upgrade === undefined ? {} : { Connection: "Upgrade", Upgrade: upgrade }),
      ...(headers as Readonly<Record<string, string | string[]>>),
    },
    dialSignal: signal,
    servername: "",
  };
  const request = send(options);
  let message: IncomingMessage | undefined;
  const fail = (error: Error) => (message ?? request).destroy(error);
  const onAbort = () => fail(abortedError(signal));
  signal.addEventListener("abort", onAbort, { once: true });
  request.once("close", () => signal.removeEventListener("abort", onAbort));
  const late = () => fail(silent(subject, PROMPT_MS));
  let timer: NodeJS.Timeout | undefined;
  if (prompt) request.once("socket", () => (timer = setTimeout(late, PROMPT_MS)));
  const answered = answerTo(request);
  let bodyFailed = false;
  sendPayload(payload.content, request).catch((error: Error) => {
    bodyFailed = true;
    fail(error);
  });
  try {
    const answer = await answered;
    message = answer.message;
    return answer;
  } catch (error) {
    throwIfAborted(signal);
    if (bodyFailed) throw error;
    throw connectionError(subject, error);
  } finally {
    clearTimeout(timer);
  }
}

function answerTo(request: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.on("error", reject);
    request.once("response", (message) => resolve({ message }));
    request.once("upgrade", (message, stream, head) => {
      if (head.length > 0) stream.unshift(head);
      resolve({ message, stream });
    });
  });
}

function queryText(query: EngineRequest["query"] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.append(name, String(value));
  }
  return parameters.size === 0 ? "" : `?${parameters}`;
}
