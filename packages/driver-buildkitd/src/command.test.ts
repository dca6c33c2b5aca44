import { expect, test } from "vitest";
import { daemonCommand } from "./command.ts";
import { layoutOf } from "./layout.ts";

const layout = layoutOf({ builder: "b", name: "b0", options: {} }, { env: {}, stateDir: "/s" });
const programs = { buildkitd: "/bin/buildkitd", runc: "/bin/runc" };
const base = { programs, layout, configFile: "/s/b/b0/config/buildkitd.toml" };

test("as root", () => {
  expect(daemonCommand({ ...base, flags: ["--debug"] })).toEqual([
    "/bin/buildkitd",
    "--config=/s/b/b0/config/buildkitd.toml",
    "--root=/s/b/b0/root",
    "--addr=unix:///s/b/b0/buildkitd.sock",
    "--otel-socket-path=/s/b/b0/otel.sock",
    "--containerd-worker=false",
    "--oci-worker=true",
    "--oci-worker-binary=/bin/runc",
    "--debug",
  ]);
});

test("without root it runs under rootlesskit, and the user's flags still come last", () => {
  const command = daemonCommand({ ...base, rootlesskit: "/bin/rootlesskit", flags: ["--debug"] });
  expect(command.slice(0, 3)).toEqual(["/bin/rootlesskit", "--net=host", "/bin/buildkitd"]);
  expect(command.slice(-2)).toEqual(["--rootless", "--debug"]);
});
