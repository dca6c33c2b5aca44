import type { Cluster } from "./cluster.ts";

const MAX_BYTES = 64 * 1024;

/** The last lines that a container wrote, or, while it waits for its next start, its last run. */
export async function podLog(
  { client }: Cluster,
  pod: string,
  container: string,
  lines: number,
  signal: AbortSignal,
): Promise<string> {
  const namespace = encodeURIComponent(await client.namespace(signal));
  const path = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}/log`;
  const query = { container, tailLines: String(lines), limitBytes: String(MAX_BYTES) };
  return client.text({ method: "GET", path, query, action: `read the log of pod ${pod}` }, signal);
}
