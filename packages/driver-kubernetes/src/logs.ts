import { type NodeObjects, nameOf, podsOf } from "./cluster/node-objects.ts";
import { podLog } from "./cluster/pod-log.ts";
import { CONTAINER } from "./manifest/container.ts";

const LINES = 200;

/** The last lines of each pod's buildkitd, those of several below their names. */
export async function nodeLogs(node: NodeObjects, signal: AbortSignal): Promise<string> {
  const pods = (await podsOf(node, signal)).map(nameOf);
  const logs: string[] = [];
  for (const pod of pods) {
    const log = await podLog(node.cluster, pod, CONTAINER, LINES, signal);
    logs.push(pods.length === 1 ? log : `==> ${pod} <==\n${log}`);
  }
  return logs.join("\n");
}
