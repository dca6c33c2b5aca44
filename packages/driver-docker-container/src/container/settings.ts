import type { NodeConfig, OptionValues } from "@tsbx/core/driver";
import { byteSize } from "../byte-size.ts";
import { STATE_DIR, volumeName } from "../names.ts";
import { restartPolicy } from "../restart-policy.ts";

/** What of a daemon's `/info` decides about containers. */
export interface DaemonInfo {
  CgroupDriver?: string;
  SecurityOptions?: readonly string[] | null;
}

/** What containers get of the machine that they are on. */
export interface HostShare {
  /** Requests for devices, as the Engine API has them. */
  devices: readonly DeviceRequest[];
  mounts: readonly BindMount[];
}

export interface DeviceRequest {
  /** -1 is all. */
  Count: number;
  /** One of these lists must hold of a device. */
  Capabilities: ReadonlyArray<readonly string[]>;
}

export interface BindMount {
  Type: "bind";
  Source: string;
  Target: string;
  ReadOnly: boolean;
}

/** Limits put on the group hold for all builders of the machine together. */
const CGROUP_PARENT = "/docker/buildx";

/** The body of the request that creates a node's container. */
export function containerSettings(
  { name, options, buildkitdFlags = [], files = {} }: NodeConfig,
  image: string,
  info: DaemonInfo,
  { devices, mounts }: HostShare,
): Record<string, unknown> {
  const config = files["buildkitd.toml"] ? ["--config", "/etc/buildkit/buildkitd.toml"] : [];
  return {
    Image: image,
    Env: environment(options),
    Cmd: [...config, ...buildkitdFlags],
    HostConfig: {
      Privileged: true,
      RestartPolicy: restartPolicy(String(options["restart-policy"])),
      // Processes that builds leave behind are reaped.
      Init: true,
      Mounts: [{ Type: "volume", Source: volumeName(name), Target: STATE_DIR }, ...mounts],
      ...(devices.length > 0 && { DeviceRequests: devices }),
      ...(options.network && { NetworkMode: options.network }),
      ...limits(options),
      ...(info.CgroupDriver === "cgroupfs" && { CgroupParent: options["cgroup-parent"] ?? CGROUP_PARENT }),
      ...(remapsUsers(info) && { UsernsMode: "host" }),
    },
  };
}

function environment(options: OptionValues): string[] {
  return Object.entries(options)
    .filter(([name]) => name.startsWith("env."))
    .map(([name, value]) => `${name.slice("env.".length)}=${value}`);
}

function limits(options: OptionValues): Record<string, unknown> {
  const swap = options["memory-swap"];
  return {
    ...(options.memory && { Memory: byteSize(String(options.memory)) }),
    ...(swap && { MemorySwap: swap === "-1" ? -1 : byteSize(String(swap)) }),
    ...(options["cpu-quota"] && { CpuQuota: options["cpu-quota"] }),
    ...(options["cpu-period"] && { CpuPeriod: options["cpu-period"] }),
    ...(options["cpu-shares"] && { CpuShares: options["cpu-shares"] }),
    ...(options["cpuset-cpus"] && { CpusetCpus: options["cpuset-cpus"] }),
    ...(options["cpuset-mems"] && { CpusetMems: options["cpuset-mems"] }),
  };
}

/** A privileged container cannot be in a user namespace. */
function remapsUsers({ SecurityOptions }: DaemonInfo): boolean {
  return (SecurityOptions ?? []).some((option) => option.split(",").includes("name=userns"));
}
