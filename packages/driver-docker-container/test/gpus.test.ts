import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { containerName } from "../src/names.ts";
import { ask, connect, engine, leftovers, never, nodeName } from "./engine.ts";

let name: string;
beforeEach(() => {
  name = nodeName();
});
afterEach(async () => {
  await connect(name).remove({ keepState: false }, never);
  expect(await leftovers(name)).toEqual([]);
});

interface ContainerEvent {
  Action: string;
  Actor: { Attributes: { name: string } };
}

test("a daemon without GPUs is asked for them once, and nothing of that stays", async () => {
  const prefix = `${containerName(name)}_gpus_`;
  const since = Math.floor(Date.now() / 1000);
  await connect(name).boot(() => {}, never);
  const container = await ask<{ HostConfig: object }>("GET", `/containers/${containerName(name)}/json`);
  expect(container?.HostConfig).toMatchObject({ DeviceRequests: null });

  const query = { since, until: Math.ceil(Date.now() / 1000), filters: '{"type":["container"]}' };
  const lines = await text(await engine.stream("GET", "/events", { query, signal: never }));
  const events = lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ContainerEvent);
  const ofProbe = events.filter(({ Actor }) => Actor.Attributes.name.startsWith(prefix));
  expect(ofProbe.map(({ Action }) => Action)).toEqual(["create", "destroy"]);
  const all = await engine.json<Array<{ Names: string[] }>>("GET", "/containers/json", {
    query: { all: true },
    signal: never,
  });
  expect(all.flatMap(({ Names }) => Names).filter((each) => each.startsWith(`/${prefix}`))).toEqual([]);
});
