import type { Duplex } from "node:stream";
import { awaitServerPreface } from "@tsbx/core/driver";
import type { Cluster } from "../cluster/cluster.ts";
import { execStdio } from "../exec/exec.ts";
import { lossOf, type PodContainer } from "./loss.ts";

const COMMAND = ["buildctl", "dial-stdio"];

/**
 * Opens a connection to the buildkitd in a pod, and waits for its first bytes, which stay unread.
 * @param signal from `withDeadline`
 * @throws TsbxError `EXEC_FAILED`, `NOT_HTTP2`, `DAEMON_UNREACHABLE`, `KUBERNETES_DENIED` and so on
 */
export async function dialBuildkitd(
  cluster: Cluster,
  at: PodContainer,
  signal: AbortSignal,
): Promise<Duplex> {
  const request = { pod: at.pod, container: at.container, command: COMMAND };
  const stream = await execStdio(cluster.client, request, (end) => lossOf(cluster, at, end), signal);
  await awaitServerPreface(stream, `buildkitd in pod ${at.pod}`, signal);
  return stream;
}
