import type { Cluster } from "../cluster/cluster.ts";
import type { ExecStream } from "../exec/stream.ts";
import { type DialledContainer, endOfContainer, isAnother } from "./loss.ts";

/** After this much silence the pod is looked at, and again as often while it lasts. */
const SILENCE_MS = 2000;

/** What writes to stderr only when it fails has this long to end. */
const FAILED_MS = 1000;

/**
 * Ends the connection with its container. containerd does not tell the end of a process while it has input for it
 * that was not read, and such input is there whenever buildkitd is killed while files are sent to it.
 */
export function endWithContainer(stream: ExecStream, cluster: Cluster, at: DialledContainer): void {
  const over = new AbortController();
  let looking = false;
  const timer = setInterval(async () => {
    if (looking || stream.silence < SILENCE_MS) return;
    looking = true;
    try {
      const pod = await cluster.pods.get(at.pod, over.signal);
      if (!pod || isAnother(pod, at) || endOfContainer(pod, at)) stream.abandon();
    } catch {
      // Who may not look, or cannot for now, learns it from the connection.
    } finally {
      looking = false;
    }
  }, SILENCE_MS).unref();
  stream.once("stderr", () => setTimeout(() => stream.abandon(), FAILED_MS).unref());
  stream.once("close", () => {
    clearInterval(timer);
    over.abort();
  });
}
