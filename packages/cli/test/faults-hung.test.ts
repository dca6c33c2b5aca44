import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type Client, tsbx } from "./support/client.ts";
import { within } from "./support/deadline.ts";
import { startDockerd } from "./support/dockerd.ts";
import type { Place } from "./support/places.ts";
import type { Outcome } from "./support/process.ts";
import { writeTree } from "./support/tree.ts";
import { apiServer } from "./support/victims/pods.ts";
import { eventually, placeOf } from "./support/victims/victim.ts";
import { workspace } from "./support/workspace.ts";

/** What a server that says nothing may take until the command has ended. */
const SECONDS = 10;

it("a dockerd that hangs ends what needs it with an error; when it goes on, so do builds", async () => {
  const { endpoint, signal, remove } = await startDockerd();
  onTestFinished(remove);
  const env = { DOCKER_HOST: endpoint };
  const docker = await clientAt({ name: "own docker", node: "default", env });
  const container = await clientAt({ ...placeOf("docker-container", "hung"), env });
  await container.succeed(["inspect", "--bootstrap"]);
  signal("SIGSTOP");
  const commands = [
    build(docker, "--builder=default"),
    build(container),
    container.run(["inspect", "--bootstrap"]),
  ];
  const outcomes = await within(SECONDS, "all of them", Promise.all(commands)).finally(() =>
    signal("SIGCONT"),
  );
  for (const { code, stderr } of outcomes) {
    expect(stderr).toMatch(/^ERROR: Docker at \S+ did not answer within 8 s$/m);
    expect(code).toBe(1);
  }
  for (const { code, stderr } of await Promise.all([build(docker, "--builder=default"), build(container)])) {
    expect(code, stderr).toBe(0);
  }
});

it("an API server that hangs ends a boot with an error", async () => {
  const victim = await apiServer.start();
  onTestFinished(() => victim.remove());
  const client = await clientAt(victim.place);
  victim.hang!();
  const boot = client.run(["inspect", "--bootstrap"]);
  const { code, stderr } = await within(SECONDS, "the boot", boot);
  expect(stderr).toMatch(/^ERROR: cannot reach the Kubernetes API at \S+: no answer within 8 s$/m);
  expect(code).toBe(1);
  await eventually(async () => expect(await victim.leftovers()).toEqual([]));
});

async function clientAt(place: Place): Promise<Client> {
  const client = await tsbx(await workspace(), place);
  writeTree(join(client.home, "context"), { Dockerfile: "FROM scratch\nCOPY Dockerfile /\n" });
  return client;
}

function build(client: Client, ...args: string[]): Promise<Outcome> {
  return client.run(["build", ...args, "--output", "type=tar,dest=out", "context"]);
}
