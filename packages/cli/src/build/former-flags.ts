import type { BuildFlags } from "./arguments.ts";

const RESOURCES = [
  "memory",
  "memory-swap",
  "cpu-shares",
  "cpu-period",
  "cpu-quota",
  "cpuset-cpus",
  "cpuset-mems",
] as const;

/** The limits given under the names of before `--resource`, which comes after them and so wins. */
export function allResources(flags: BuildFlags): string[] {
  const former = RESOURCES.filter((name) => flags[name] !== undefined);
  return [...former.map((name) => `${name}=${flags[name]}`), ...flags.resource];
}

/** What to tell who gives flags that have lost their meaning. */
export function formerFlagWarnings(flags: BuildFlags): string[] {
  const warnings: string[] = [];
  if (flags.isolation) warnings.push("isolation flag is deprecated with BuildKit.");
  if (flags["security-opt"].length > 0) {
    warnings.push('security-opt flag is deprecated. "RUN --security=insecure" should be used with BuildKit.');
  }
  if (flags.squash) {
    warnings.push(
      "experimental flag squash is removed with BuildKit. You should squash inside build using a multi-stage Dockerfile for efficiency.",
    );
  }
  return warnings;
}
