import { text } from "node:stream/consumers";
import { type Engine, execStdio, openEngine } from "@tsbx/docker-engine";
import { loadBed } from "@tsbx/testbed";
import { expect, onTestFinished, test } from "vitest";
import { containerName } from "../src/names.ts";
import { connect, never, nodeName } from "./engine.ts";

const { docker } = loadBed(["docker"]);

/** A node that is booted on a daemon, and what the daemon did with the probe for GPUs. */
async function booted(endpoint: string) {
  const engine = openEngine(endpoint, {});
  const name = nodeName();
  const container = containerName(name);
  const handle = connect(name, {}, { endpoint });
  onTestFinished(() => handle.remove({ keepState: false }, never));
  const since = Math.floor(Date.now() / 1000);
  await handle.boot(() => {}, never);
  const events = await probeEvents(engine, `${container}_gpus_`, since);
  const { HostConfig } = await engine.json<Inspected>("GET", `/containers/${container}/json`, {
    signal: never,
  });
  return { engine, container, events, requests: HostConfig.DeviceRequests };
}

interface Inspected {
  HostConfig: { DeviceRequests: object[] | null };
}

/** What happened to containers whose names begin so. Fails when one of them is still there. */
async function probeEvents(engine: Engine, prefix: string, since: number): Promise<string[]> {
  const all = await engine.json<Array<{ Names: string[] }>>("GET", "/containers/json", {
    query: { all: true },
    signal: never,
  });
  expect(all.flatMap(({ Names }) => Names).filter((each) => each.startsWith(`/${prefix}`))).toEqual([]);
  const query = { since, until: Math.ceil(Date.now() / 1000), filters: '{"type":["container"]}' };
  const lines = await text(await engine.stream("GET", "/events", { query, signal: never }));
  const events = lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ContainerEvent);
  return events.filter(({ Actor }) => Actor.Attributes.name.startsWith(prefix)).map(({ Action }) => Action);
}

interface ContainerEvent {
  Action: string;
  Actor: { Attributes: { name: string } };
}

test("a daemon with GPUs gives them to the builder", async () => {
  const { engine, container, events, requests } = await booted(docker.classic.unix);
  expect(requests).toMatchObject([{ Count: -1, Capabilities: [["gpu"]] }]);
  const output = await execStdio(engine, container, ["cat", "/proc/1/environ"], never);
  output.end();
  expect((await text(output)).split("\0")).toContain("TSBX_BED_GPU=all");
  expect(events).toEqual(expect.arrayContaining(["create", "start", "destroy"]));
});

test("a daemon without GPUs is asked for them once", async () => {
  const { events, requests } = await booted(docker.containerd.unix);
  expect(requests).toBeNull();
  expect(events).toEqual(["create", "destroy"]);
});
