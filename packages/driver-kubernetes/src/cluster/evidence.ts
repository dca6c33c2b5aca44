import { isTsbxError, TsbxError, throwIfAborted, withDeadline } from "@tsbx/core/driver";
import type { Cluster } from "./cluster.ts";
import { type EventSubject, eventLines, eventsOf } from "./events.ts";
import { podLog } from "./pod-log.ts";

const EVIDENCE_MS = 5000;
const LOG_LINES = 20;

/**
 * The end of a message: what the cluster has recorded of an object, its last events, and a container's last
 * lines. What may not be read is left out with the reason.
 * @returns empty when there is nothing
 */
export async function evidence(
  cluster: Cluster,
  object: EventSubject & { log?: { pod: string; container: string } },
  signal: AbortSignal,
): Promise<string> {
  const silent = () => new TsbxError("KUBERNETES_BUSY", `no answer within ${EVIDENCE_MS / 1000} s`);
  const { log } = object;
  const read = async (title: string, lines: (signal: AbortSignal) => Promise<readonly string[]>) => {
    try {
      const found = await withDeadline(EVIDENCE_MS, signal, silent, lines);
      return found.length > 0 ? `; ${title}:\n  ${found.join("\n  ")}` : "";
    } catch (error) {
      throwIfAborted(signal);
      if (!isTsbxError(error)) throw error;
      return `; ${title} cannot be read: ${error.message}`;
    }
  };
  const [events, lines] = await Promise.all([
    read("its last events", async (either) => eventLines(await eventsOf(cluster, object, either))),
    log &&
      read("its log ends with", async (either) => {
        const text = await podLog(cluster, log.pod, log.container, LOG_LINES, either);
        return text.trimEnd() === "" ? [] : text.trimEnd().split("\n");
      }),
  ]);
  return events + (lines ?? "");
}
