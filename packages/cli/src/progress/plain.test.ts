import { readFileSync } from "node:fs";
import type { ProgressEvent, Vertex, VertexStatus } from "@tsbx/core/progress";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PlainRenderer } from "./plain.ts";
import { fakeNow, readRecording, replay, TestOutput } from "./recording.test.support.ts";
import type { RendererContext } from "./renderer.ts";

const SECOND = 1_000_000_000n;
const empty: ProgressEvent = { vertexes: [], statuses: [], logs: [], warnings: [] };
const vertex = (digest: string, part: Partial<Vertex> = {}): ProgressEvent => ({
  ...empty,
  vertexes: [{ digest, name: `step ${digest}`, inputs: [], cached: false, started: 0n, ...part }],
});
const status = (vertex: string, part: Partial<VertexStatus>): ProgressEvent => ({
  ...empty,
  statuses: [{ vertex, id: "layer", name: "", current: 0, total: 0, timestamp: 0n, started: 0n, ...part }],
});
const log = (vertex: string, text: string, timestamp = 0n): ProgressEvent => ({
  ...empty,
  logs: [{ vertex, stream: 1, data: Buffer.from(text), timestamp }],
});

let output: TestOutput;

function renderer(part: Partial<RendererContext> = {}): PlainRenderer {
  return new PlainRenderer({ output, env: {}, now: fakeNow, phase: "", debug: false, ...part });
}

/** What is printed for these events, each a second after the one before, then at the end. */
async function printed(events: ProgressEvent[], part: Partial<RendererContext> = {}): Promise<string> {
  const plain = renderer(part);
  for (const event of events) {
    plain.write(event);
    vi.advanceTimersByTime(1000);
  }
  await plain.close();
  return output.text;
}

beforeEach(() => {
  vi.useFakeTimers();
  output = new TestOutput();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe("PlainRenderer", () => {
  // Recordings of the peer. The texts are the peer's for the same events, but for the block of warnings, and
  // for the repeated `transferring context:` in `group`, which the peer takes for another vertex's.
  it.each(["ok", "cached", "fail", "warn", "long", "group", "par"])(
    "prints a recorded build: %s",
    async (name) => {
      await replay(readRecording(name), renderer({ description: { builder: "demo", driver: "remote" } }));
      expect(output.text).toBe(readFileSync(new URL(`fixtures/${name}.plain.txt`, import.meta.url), "utf8"));
    },
  );

  it("tells how each vertex ended", async () => {
    const completed = SECOND / 4n;
    const text = await printed([
      vertex("a", { completed }),
      vertex("b", { completed, cached: true }),
      vertex("c", { completed, error: "lost: context canceled" }),
      vertex("d", { completed, error: "exit code: 1" }),
    ]);
    expect(text).toBe(
      "#1 step a\n#1 DONE 0.2s\n\n#2 step b\n#2 CACHED\n\n#3 step c\n#3 CANCELED\n\n" +
        "#4 step d\n#4 ERROR: exit code: 1\n------\n > step d:\n------\n",
    );
  });

  it("adds the runs of a vertex that runs twice", async () => {
    const text = await printed([
      vertex("a", { completed: 2n * SECOND }),
      vertex("a", { started: 10n * SECOND, completed: 11n * SECOND }),
    ]);
    expect(text).toBe("#1 step a\n#1 DONE 2.0s\n\n#1 step a\n#1 DONE 3.0s\n");
  });

  it("continues an unended line, and prints it again after other text", async () => {
    const text = await printed([
      vertex("a"),
      log("a", "one", SECOND),
      log("a", " two", 2n * SECOND),
      vertex("b", { completed: SECOND }),
      log("a", " three\nfour", 12n * SECOND),
      vertex("a", { completed: 13n * SECOND }),
    ]);
    expect(text).toBe(
      "#1 step a\n#1 1.000 one two\n#1 ...\n\n#2 step b\n#2 DONE 1.0s\n\n" +
        "#1 step a\n#1 1.000 one two three\n#1 12.00 four\n#1 DONE 13.0s\n",
    );
  });

  it("repeats a status only when it moved 5 % or 5 seconds passed", async () => {
    const total = 10_000_000;
    const text = await printed([
      vertex("a"),
      status("a", { total, current: 1_000_000, timestamp: SECOND }),
      status("a", { total, current: 1_400_000, timestamp: 2n * SECOND }),
      status("a", { total, current: 1_500_000, timestamp: 3n * SECOND }),
      status("a", { total, current: 1_600_000, timestamp: 7n * SECOND }),
      status("a", { total, current: 1_700_000, timestamp: 8n * SECOND }),
      status("a", { total, current: total, timestamp: 9n * SECOND, completed: 9n * SECOND }),
      vertex("a", { completed: 9n * SECOND }),
    ]);
    expect(text.split("\n").slice(1, -1)).toEqual([
      "#1 layer 1.00MB / 10.00MB 1.0s",
      "#1 layer 1.50MB / 10.00MB 3.0s",
      "#1 layer 1.70MB / 10.00MB 8.0s",
      "#1 layer 10.00MB / 10.00MB 9.0s done",
      "#1 DONE 9.0s",
    ]);
  });

  it("gives a vertex that waits for more than ten seconds the foreground", async () => {
    const plain = renderer();
    plain.write(vertex("a"));
    for (let i = 0; i < 12; i++) {
      plain.write(log("a", `a${i}\n`));
      if (i === 0) plain.write({ ...vertex("b"), logs: log("b", "b\n").logs });
      vi.advanceTimersByTime(1000);
    }
    const text = output.text;
    await plain.close();
    expect(text).toContain("#1 ...\n\n#2 step b\n#2 0.000 b\n");
    expect(text.indexOf("#2 step b")).toBeGreaterThan(text.indexOf("a9"));
  });

  it("prints at the end all that still waited for its turn", async () => {
    const text = await printed([vertex("a"), vertex("b"), log("b", "b\n"), log("a", "a"), log("b", "bb\n")]);
    expect(text).toBe("#1 step a\n#1 0.000 a\n#1 ...\n\n#2 step b\n#2 0.000 b\n#2 0.000 bb\n");
  });

  it("ends a vertex whose status never ended only at the end", async () => {
    const plain = renderer();
    const open = status("a", { timestamp: SECOND }).statuses;
    plain.write({ ...vertex("a", { completed: SECOND }), statuses: open });
    expect(output.text).toBe("#1 step a\n#1 layer 1.0s\n");
    await plain.close();
    expect(output.text).toBe("#1 step a\n#1 layer 1.0s\n#1 DONE 1.0s\n");
  });

  it("prints the statuses of a vertex that never started", async () => {
    const plain = renderer();
    const { statuses } = status("a", { timestamp: SECOND });
    plain.write({ ...vertex("a", { started: undefined }), statuses });
    expect(output.text).toBe("#1 step a\n#1 layer 1.0s\n");
    await plain.close();
  });

  it("holds back no more than a megabyte of a step in the background", async () => {
    const plain = renderer();
    plain.write(vertex("a"));
    plain.write(vertex("b"));
    const line = `${"x".repeat(1023)}\n`;
    for (let i = 0; i < 1024; i++) plain.write(log("b", line));
    expect(output.text).not.toContain("x");
    plain.write(log("b", "y\n"));
    expect(output.text.endsWith("#2 0.000 y\n")).toBe(true);
    await plain.close();
  });

  it("cuts names when PROGRESS_NO_TRUNC is 0", async () => {
    const text = await printed([vertex("a", { name: "n".repeat(100) })], { env: { PROGRESS_NO_TRUNC: "0" } });
    expect(text).toBe(`#1 ${"n".repeat(72)}...\n`);
  });

  it("prints a step's bytes as they are", async () => {
    const plain = renderer();
    const data = Uint8Array.of(0xff, 0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x0a);
    plain.write({ ...vertex("a"), logs: [{ vertex: "a", stream: 1, data, timestamp: 0n }] });
    await plain.close();
    expect(output.bytes.subarray(-8)).toEqual(Buffer.from([0x20, ...data]));
  });

  it("prints nothing for a build without progress", async () => {
    expect(await printed([], { description: { builder: "b", driver: "d" } })).toBe("");
  });
});
