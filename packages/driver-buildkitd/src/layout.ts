import { createHash } from "node:crypto";
import { join } from "node:path";
import type { DriverContext, NodeConfig } from "@tsbx/core/driver";

/** Where everything of one node lies. */
export interface Layout {
  directory: string;
  /** buildkitd's own: the build cache. */
  root: string;
  /** The files given for the node; buildkitd's working directory. */
  config: string;
  /** Its temporary directory, with mounts in it while a step runs. */
  temporary: string;
  log: string;
  previousLog: string;
  /** What process runs it: see record.ts. */
  record: string;
  lock: string;
  /** Holds the sockets. Below {@link directory} unless that makes their paths too long. */
  sockets: string;
  socket: string;
  otelSocket: string;
}

/** The kernel's limit is 107 on Linux (unix(7)) and 103 on macOS; some programs count the final zero byte. */
const SOCKET_PATH_MAX = 104;
const SOCKET = "buildkitd.sock";

export function layoutOf(node: NodeConfig, context: DriverContext): Layout {
  // Node names are unique only inside their builder.
  const directory = join(context.stateDir, node.builder, node.name);
  const sockets = socketDirectory(directory, context.env);
  return {
    directory,
    root: join(directory, "root"),
    config: join(directory, "config"),
    temporary: join(directory, "tmp"),
    log: join(directory, "buildkitd.log"),
    previousLog: join(directory, "buildkitd.log.old"),
    record: join(directory, "daemon.json"),
    lock: join(directory, "lock"),
    sockets,
    socket: join(sockets, SOCKET),
    otelSocket: join(sockets, "otel.sock"),
  };
}

function socketDirectory(directory: string, env: DriverContext["env"]): string {
  if (fits(directory)) return directory;
  const name = `tsbx-${createHash("sha256").update(directory).digest("hex").slice(0, 16)}`;
  const bases = [env.XDG_RUNTIME_DIR, env.TMPDIR].filter((base) => base?.startsWith("/"));
  return [...bases.map((base) => join(base!, name)), join("/tmp", name)].find(fits)!;
}

function fits(directory: string): boolean {
  return Buffer.byteLength(join(directory, SOCKET)) <= SOCKET_PATH_MAX;
}
