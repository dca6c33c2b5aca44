import { expect, it } from "vitest";
import type { ProgressEvent } from "../progress/events.ts";
import { ProgressMerge } from "./progress-merge.ts";

function event(name: string): ProgressEvent {
  return {
    vertexes: [{ digest: name, inputs: [], name, cached: false }],
    statuses: [],
    logs: [],
    warnings: [],
  };
}

/** A source that counts how far it was read. */
function source(name: string, count: number) {
  const seen = { asked: 0, ended: false };
  async function* events() {
    try {
      for (let i = 0; i < count; i++) {
        seen.asked++;
        yield event(`${name}${i}`);
      }
    } finally {
      seen.ended = true;
    }
  }
  return { seen, events: events() };
}

async function names(merge: ProgressMerge): Promise<string[]> {
  const read: string[] = [];
  for await (const { vertexes } of merge.events()) read.push(vertexes[0]!.name);
  return read;
}

it("has the events of all sources, each source's in their order", async () => {
  const merge = new ProgressMerge();
  merge.add(source("a", 3).events);
  merge.add(source("b", 2).events);
  merge.end();
  const read = await names(merge);
  expect(read.filter((name) => name.startsWith("a"))).toEqual(["a0", "a1", "a2"]);
  expect(read.filter((name) => name.startsWith("b"))).toEqual(["b0", "b1"]);
});

it("starts nothing before it is read, and asks no source for more than is taken", async () => {
  const merge = new ProgressMerge();
  const { seen, events } = source("a", 10);
  merge.add(events);
  expect(seen.asked).toBe(0);
  const reader = merge.events();
  await reader.next();
  expect(seen.asked).toBe(1);
  await reader.return();
});

it("takes sources while it is read, and ends with the last of them", async () => {
  const merge = new ProgressMerge();
  const reading = names(merge);
  merge.add(source("a", 1).events);
  merge.add(source("b", 1).events);
  merge.end();
  expect((await reading).sort()).toEqual(["a0", "b0"]);
});

it("ends its sources when the reader stops", async () => {
  const merge = new ProgressMerge();
  const { seen, events } = source("a", 10);
  merge.add(events);
  for await (const _ of merge.events()) break;
  await expect.poll(() => seen.ended).toBe(true);
  expect(seen.asked).toBe(1);
});

it("fails with the source that fails", async () => {
  const merge = new ProgressMerge();
  merge.add(source("a", 1).events);
  merge.add(
    (async function* () {
      yield event("b0");
      throw new Error("lost");
    })(),
  );
  await expect(names(merge)).rejects.toThrow("lost");
});
