import type { Timeline } from "@tsbx/core/progress";
import { formatElapsed } from "./number-format.ts";

/** For each failed step, its name and its last `limit` lines of output between rulers. */
export function errorLogs(
  timeline: Timeline,
  { limit, clean = (text) => text }: { limit?: number; clean?: (text: string) => string },
): string {
  let text = "";
  for (const { name, outcome, log } of timeline.vertices) {
    if (outcome !== "error") continue;
    const lines = limit === undefined ? log.lines : log.lines.slice(-limit);
    text += `------\n > ${clean(name)}:\n`;
    if (limit === undefined && log.dropped > 0) text += `[${log.dropped} earlier lines are not shown]\n`;
    for (const line of lines) text += `${formatElapsed(line.elapsed)} ${clean(line.text)}\n`;
    text += "------\n";
  }
  return text;
}
