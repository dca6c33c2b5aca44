import { SSHDefinition } from "../../../gen/ssh.ts";
import { Code, GrpcError } from "../../transport/status.ts";
import type { ServerHandler } from "../../transport/stream.ts";
import { unary } from "../unary.ts";
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
    if (!agent) throw new GrpcError(Code.UNKNOWN, `unset ssh forward key ${id || DEFAULT_ID}`);
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
      (call) => find(call.metadata.get("buildkit.ssh.id") ?? DEFAULT_ID).serve(call),
    ],
  ]);
}
