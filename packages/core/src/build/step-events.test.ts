import { describe, expect, it } from "vitest";
import { StepEvents } from "./step-events.ts";

async function collect(boot: StepEvents) {
  const events = [];
  for await (const event of boot.events()) events.push(event);
  return events;
}

describe("the boot as a step of the build", () => {
  it("shows nothing for a node that is up", async () => {
    const boot = new StepEvents("boot", "[internal] booting buildkit");
    boot.end();
    expect(await collect(boot)).toEqual([]);
  });

  it("shows each line as a status, and ends them", async () => {
    const boot = new StepEvents("boot", "[internal] booting buildkit");
    const seen = collect(boot);
    boot.onStep("pulling");
    boot.onStep("starting");
    boot.end();
    const events = await seen;
    expect(events.map((event) => event.vertexes[0]?.name)).toEqual(
      Array(3).fill("[internal] booting buildkit"),
    );
    const last = new Map(events.flatMap((event) => event.statuses).map((status) => [status.id, status]));
    expect([...last.keys()]).toEqual(["pulling", "starting"]);
    expect([...last.values()].every((status) => status.completed !== undefined)).toBe(true);
    expect(events.at(-1)?.vertexes[0]?.completed).toBeDefined();
  });

  it("carries the error of a boot that failed", async () => {
    const boot = new StepEvents("boot", "[internal] booting buildkit");
    boot.onStep("starting");
    boot.end(new Error("no runc"));
    expect((await collect(boot)).at(-1)?.vertexes[0]?.error).toBe("no runc");
  });
});
