import { expect, test } from "vitest";
import { containerSettings, type DaemonInfo, type HostShare } from "./settings.ts";

const NODE = { builder: "b", name: "n", options: { "restart-policy": "no" } };
const VOLUME = { Type: "volume", Source: "buildx_buildkit_n_state", Target: "/var/lib/buildkit" };

function hostConfig(info: DaemonInfo, share: Partial<HostShare> = {}) {
  return containerSettings(NODE, "image", info, { devices: [], mounts: [], ...share }).HostConfig;
}

test("devices and mounts of the machine are asked for where there are any", () => {
  expect(hostConfig({})).toEqual({
    Privileged: true,
    RestartPolicy: { Name: "no", MaximumRetryCount: 0 },
    Init: true,
    Mounts: [VOLUME],
  });
  const devices = [{ Count: -1, Capabilities: [["gpu"]] }];
  const libraries = { Type: "bind", Source: "/a", Target: "/b", ReadOnly: true } as const;
  expect(hostConfig({}, { devices, mounts: [libraries] })).toMatchObject({
    DeviceRequests: devices,
    Mounts: [VOLUME, libraries],
  });
});

test("the daemon decides about the control group and the user namespace", () => {
  expect(hostConfig({ CgroupDriver: "systemd" })).not.toHaveProperty("CgroupParent");
  expect(hostConfig({ CgroupDriver: "cgroupfs" })).toMatchObject({ CgroupParent: "/docker/buildx" });
  expect(hostConfig({ SecurityOptions: ["name=seccomp,profile=default"] })).not.toHaveProperty("UsernsMode");
  expect(hostConfig({ SecurityOptions: ["name=userns"] })).toMatchObject({ UsernsMode: "host" });
});
