import { stat } from "node:fs/promises";
import { connect } from "node:net";
import { resolve } from "node:path";
import { TsbxError } from "../../../errors.ts";
import type { ServerCall } from "../../transport/stream.ts";
import { answerRequests, forwardBytes, forwardRequests } from "./forward.ts";

/**
 * What `RUN --mount=type=ssh` reaches: the agent behind a socket, or private keys that tsbx serves itself.
 * Requests that would change an agent are refused unless it is `raw`.
 */
export type SshSource = { agent: string; raw?: boolean } | { keys: readonly string[] };

/** A source that was checked. */
export interface Agent {
  /** Serves one connection of a build step to it. */
  serve(call: ServerCall): Promise<void>;
}

/** @throws TsbxError `INVALID_SSH` */
export async function openAgent(id: string, source: SshSource, cwd: string): Promise<Agent> {
  if ("keys" in source) {
    const { keyAgent } = await import("./key-agent.ts");
    const paths = source.keys.map((path) => resolve(cwd, path));
    const answer = await keyAgent(paths);
    return { serve: (call) => answerRequests(call, answer) };
  }
  if (source.agent === "") {
    throw new TsbxError("INVALID_SSH", "invalid empty ssh agent socket", {
      hint: `SSH_AUTH_SOCK is not set: start an agent, or name a socket or a key with --ssh ${id}=PATH`,
    });
  }
  const forward = source.raw ? forwardBytes : forwardRequests;
  // The form of a named pipe's path on Windows, which is neither relative nor a file.
  if (source.agent.startsWith("\\\\.\\pipe\\")) {
    return { serve: (call) => forward(call, connect(source.agent)) };
  }
  const socket = resolve(cwd, source.agent);
  const info = await stat(socket).catch((cause: Error) => {
    throw new TsbxError("INVALID_SSH", `failed to reach ssh agent ${source.agent}: ${cause.message}`, {
      cause,
    });
  });
  if (!info.isSocket()) throw new TsbxError("INVALID_SSH", `ssh agent ${source.agent} is not a socket`);
  return { serve: (call) => forward(call, connect(socket)) };
}
