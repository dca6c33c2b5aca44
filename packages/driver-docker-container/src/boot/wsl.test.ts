import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { wslMounts } from "./wsl.ts";

const env = { WSL_DISTRO_NAME: "Debian", DOCKER_CONFIG: "/nonexistent/tsbx-test" };
const SOCKET = "unix:///var/run/docker.sock";

test.each([SOCKET, "default", undefined])("in WSL, of the daemon at %s", async (endpoint) => {
  const mount = { Type: "bind", Source: tmpdir(), Target: "/usr/lib/wsl", ReadOnly: true };
  expect(await wslMounts(endpoint, env, tmpdir())).toEqual([mount]);
});

test.each([
  ["outside of WSL", SOCKET, {}, tmpdir()],
  ["of a daemon elsewhere", "tcp://far:2376", env, tmpdir()],
  ["of the environment's daemon elsewhere", undefined, { ...env, DOCKER_HOST: "ssh://far" }, tmpdir()],
  ["where the libraries are not", SOCKET, env, "/nonexistent/tsbx-test"],
  ["where a file is in their place", SOCKET, env, fileURLToPath(import.meta.url)],
])("nothing %s", async (_, endpoint, env, folder) => {
  expect(await wslMounts(endpoint, env, folder)).toEqual([]);
});
