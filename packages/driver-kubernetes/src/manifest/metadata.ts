import { APP_LABEL, PLATFORM_ANNOTATION } from "../reserved.ts";
import type { WorkloadSettings } from "../settings.ts";

/** By these labels a workload finds its pods; they are unique in the namespace. */
export function selectorLabels({ name, labels }: WorkloadSettings): Record<string, string> {
  return { ...labels, [APP_LABEL]: name };
}

export function workloadAnnotations({ platforms, annotations }: WorkloadSettings): Record<string, string> {
  return { ...annotations, ...(platforms.length > 0 && { [PLATFORM_ANNOTATION]: platforms.join(",") }) };
}
