import type { Layout } from "./layout.ts";
import type { Programs } from "./programs.ts";

export interface CommandOptions {
  programs: Programs;
  layout: Layout;
  configFile: string;
  /** The rootlesskit to run it under, without root. */
  rootlesskit?: string;
  /** The user's own flags. They come last, so that they win. */
  flags: readonly string[];
}

/** The command line that starts the daemon. */
export function daemonCommand(options: CommandOptions): readonly [command: string, ...args: string[]] {
  const { programs, layout, rootlesskit } = options;
  const daemon = [
    programs.buildkitd,
    `--config=${options.configFile}`,
    `--root=${layout.root}`,
    `--addr=unix://${layout.socket}`,
    // The default is one path per machine, for which daemons would compete.
    `--otel-socket-path=${layout.otelSocket}`,
    // A containerd that happens to run here is not ours to fill.
    "--containerd-worker=false",
    // "auto" would skip the worker unless runc is on the PATH.
    "--oci-worker=true",
    `--oci-worker-binary=${programs.runc}`,
  ] as const;
  if (rootlesskit === undefined) return [...daemon, ...options.flags];
  return [rootlesskit, "--net=host", ...daemon, "--rootless", ...options.flags];
}
