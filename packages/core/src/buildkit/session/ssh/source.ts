import { stat } from "node:fs/promises";
import { connect } from "node:net";
import { resolve } from "node:path";
import type { Duplex } from "node:stream";
import { TsbxError } from "../../../errors.ts";

/**
 * What `RUN --mount=type=ssh` reaches: the agent behind a socket, or private keys that tsbx serves itself.
 * Requests that would change an agent are refused unless it is `raw`.
 */
export type SshSource = { agent: string; raw?: boolean } | { keys: readonly string[] };

/** A source that was checked. */
export interface Agent {
  connect(): Duplex;
  /** Only what uses keys gets through to it. */
  filtered: boolean;
}

/** @throws TsbxError `INVALID_SSH` */
export async function openAgent(id: string, source: SshSource, cwd: string): Promise<Agent> {
  if ("keys" in source) {
    const { keyAgent } = await import("./key-agent.ts");
    const paths = source.keys.map((path) => resolve(cwd, path));
    return { connect: await keyAgent(paths), filtered: false };
  }
  if (source.agent === "") {
    throw new TsbxError("INVALID_SSH", "invalid empty ssh agent socket", {
      hint: `SSH_AUTH_SOCK is not set: start an agent, or name a socket or a key with --ssh ${id}=PATH`,
    });
  }
  const socket = resolve(cwd, source.agent);
  const info = await stat(socket).catch((cause: Error) => {
    throw new TsbxError("INVALID_SSH", `failed to reach ssh agent ${source.agent}: ${cause.message}`, {
      cause,
    });
  });
  if (!info.isSocket()) throw new TsbxError("INVALID_SSH", `ssh agent ${source.agent} is not a socket`);
  return { connect: () => connect(socket), filtered: source.raw !== true };
}
