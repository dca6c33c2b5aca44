import { once } from "node:events";
import type { Duplex } from "node:stream";
import { SSHDefinition } from "../../../gen/ssh.ts";
import { Code, GrpcError } from "../../transport/status.ts";
import type { ServerCall, ServerHandler } from "../../transport/stream.ts";
import { bytesMessageData, bytesMessageHeader } from "../bytes-message.ts";
import { unary } from "../unary.ts";
import { AgentFilter } from "./agent-filter.ts";
import { type Agent, openAgent, type SshSource } from "./source.ts";

const DEFAULT_ID = "default";

/**
 * The service that forwards SSH agents (`moby.sshforward.v1.SSH`).
 * @throws TsbxError `INVALID_SSH` for a source that could never be used
 */
export async function sshHandlers(
  sources: Readonly<Record<string, SshSource>>,
  options: { cwd: string },
): Promise<ReadonlyMap<string, ServerHandler>> {
  const agents = new Map<string, Agent>();
  for (const [id, source] of Object.entries(sources)) {
    agents.set(id || DEFAULT_ID, await openAgent(id || DEFAULT_ID, source, options.cwd));
  }
  if (agents.size === 0) return new Map();
  const find = (id: string): Agent => {
    const agent = agents.get(id || DEFAULT_ID);
    if (!agent) throw new GrpcError(Code.NOT_FOUND, `unset ssh forward key ${id || DEFAULT_ID}`);
    return agent;
  };
  return new Map<string, ServerHandler>([
    [
      "/moby.sshforward.v1.SSH/CheckAgent",
      unary(SSHDefinition.methods.checkAgent, ({ id }) => {
        find(id);
        return {};
      }),
    ],
    [
      "/moby.sshforward.v1.SSH/ForwardAgent",
      (call) => forward(call, find(call.metadata.get("buildkit.ssh.id") ?? DEFAULT_ID)),
    ],
  ]);
}

/** Carries the agent protocol's bytes between the daemon and an agent, with the filter in between. */
async function forward(call: ServerCall, agent: Agent): Promise<void> {
  const connection = agent.connect();
  try {
    const answers = toDaemon(connection, call);
    // An agent that hangs up ends the call; a daemon that has no more requests still wants the answers.
    await Promise.race([answers, toAgent(call, connection, agent.filtered).then(() => answers)]);
  } finally {
    connection.destroy();
  }
}

async function toAgent(call: ServerCall, connection: Duplex, filtered: boolean): Promise<void> {
  const requests: Duplex = filtered ? new AgentFilter((answer) => send(call, answer)) : connection;
  if (filtered) requests.on("error", (error) => connection.destroy(error)).pipe(connection);
  for await (const message of call.messages()) {
    if (!requests.write(bytesMessageData(message))) await once(requests, "drain", { signal: call.signal });
  }
  requests.end();
}

async function toDaemon(connection: Duplex, call: ServerCall): Promise<void> {
  for await (const chunk of connection) if (!send(call, chunk as Buffer)) await call.drained();
}

function send(call: ServerCall, bytes: Buffer): boolean {
  return call.send(bytesMessageHeader(bytes.length), bytes);
}
