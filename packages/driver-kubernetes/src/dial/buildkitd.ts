import type { Duplex } from "node:stream";
import { awaitServerPreface } from "@tsbx/core/driver";
import type { Cluster } from "../cluster/cluster.ts";
import { execStdio } from "../exec/exec.ts";
import type { ProcessEnd } from "../exec/process-end.ts";
import { type DialledContainer, lossOf } from "./loss.ts";
import { endWithContainer } from "./silence.ts";

const COMMAND = ["buildctl", "dial-stdio"];

/**
 * Opens a connection to the buildkitd in a pod, and waits for its first bytes, which stay unread.
 * @param signal from `withDeadline`
 * @throws TsbxError `EXEC_FAILED`, `NOT_HTTP2`, `DAEMON_UNREACHABLE`, `KUBERNETES_DENIED` and so on
 */
export async function dialBuildkitd(
  cluster: Cluster,
  at: DialledContainer,
  signal: AbortSignal,
): Promise<Duplex> {
  const request = { pod: at.pod, container: at.container, command: COMMAND };
  let served = false;
  const outcome = (end: ProcessEnd) => lossOf(cluster, at, { ...end, served });
  const stream = await execStdio(cluster.client, request, outcome, signal);
  endWithContainer(stream, cluster, at);
  await awaitServerPreface(stream, `buildkitd in pod ${at.pod}`, signal);
  served = true;
  return stream;
}
