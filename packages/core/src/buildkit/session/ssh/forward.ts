import { once } from "node:events";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ServerCall } from "../../transport/stream.ts";
import { bytesMessageData, bytesMessageHeader } from "../bytes-message.ts";
import { AgentMessages } from "./agent-messages.ts";
import { wireString } from "./wire.ts";

/** Requests of the SSH agent protocol (draft-miller-ssh-agent) that only use keys. */
const REQUEST_IDENTITIES = 11;
const SIGN_REQUEST = 13;
const FAILURE = Buffer.from([5]);

/** Carries the agent protocol's bytes between the daemon and an agent, whatever they are. */
export async function forwardBytes(call: ServerCall, connection: Duplex): Promise<void> {
  const toAgent = async () => {
    for await (const message of call.messages()) {
      if (!connection.write(bytesMessageData(message)))
        await once(connection, "drain", { signal: call.signal });
    }
    connection.end();
  };
  const toDaemon = async () => {
    for await (const chunk of connection) await send(call, chunk as Buffer);
  };
  try {
    const answers = toDaemon();
    // An agent that hangs up ends the call; a daemon that has no more requests still wants the answers.
    await Promise.race([answers, toAgent().then(() => answers)]);
  } finally {
    connection.destroy();
  }
}

/** Lets a build use the keys of an agent, and not change it. */
export async function forwardRequests(call: ServerCall, connection: Socket): Promise<void> {
  let answered: ((answer: Buffer) => void) | undefined;
  const answers = async () => {
    const messages = new AgentMessages();
    for await (const chunk of connection) {
      for (const answer of messages.push(chunk as Buffer)) answered?.(answer);
    }
  };
  const ask = (request: Buffer) =>
    new Promise<Buffer>((resolve) => {
      answered = resolve;
      connection.write(wireString(request));
    });
  try {
    await once(connection, "connect", { signal: call.signal });
    // An agent that hangs up ends the call.
    await Promise.race([answers(), answerRequests(call, ask)]);
  } finally {
    connection.destroy();
  }
}

/**
 * Answers what lists keys and signs with them, and refuses everything else. One request at a time: an
 * answer has no name for what it answers but its place, and a daemon that does not read is not asked for more.
 */
export async function answerRequests(
  call: ServerCall,
  ask: (request: Buffer) => Buffer | Promise<Buffer>,
): Promise<void> {
  const requests = new AgentMessages();
  for await (const message of call.messages()) {
    for (const request of requests.push(bytesMessageData(message))) {
      const allowed = request[0] === REQUEST_IDENTITIES || request[0] === SIGN_REQUEST;
      await send(call, wireString(allowed ? await ask(request) : FAILURE));
    }
  }
}

async function send(call: ServerCall, bytes: Buffer): Promise<void> {
  if (!call.send(bytesMessageHeader(bytes.length), bytes)) await call.drained();
}
