import { type ProgressEvent, Timeline, type Vertex } from "@tsbx/core/progress";
import { describe, expect, it } from "vitest";
import { displayWidth } from "./display-width.ts";
import { readRecording } from "./recording.test.support.ts";
import { type FrameOptions, layoutFrame } from "./tty-layout.ts";

const SECOND = 1_000_000_000n;
const empty: ProgressEvent = { vertexes: [], statuses: [], logs: [], warnings: [] };
const vertex = (digest: string, part: Partial<Vertex> = {}): ProgressEvent => ({
  ...empty,
  vertexes: [{ digest, name: `step ${digest}`, inputs: [], cached: false, started: 0n, ...part }],
});
const log = (vertex: string, text: string): ProgressEvent => ({
  ...empty,
  logs: [{ vertex, stream: 1, data: Buffer.from(text), timestamp: 0n }],
});
const options: FrameOptions = {
  width: 80,
  height: 24,
  now: 4n * SECOND,
  final: false,
  phase: "Building",
  palette: {},
  windowHeight: 6,
};

function frame(events: ProgressEvent[], part: Partial<FrameOptions> = {}): string[] {
  const timeline = new Timeline();
  for (const event of events) timeline.apply(event, 0n);
  return layoutFrame(timeline, { ...options, ...part });
}
const completed = SECOND;

describe("layoutFrame", () => {
  it("draws a recorded failed build", () => {
    expect(
      frame(readRecording("fail"), { final: true, now: SECOND / 4n, description: "remote:demo" }),
    ).toEqual([
      "[+] Building 0.2s (7/8)                                             remote:demo",
      " => [internal] load build definition from Dockerfile                       0.0s",
      " => => transferring dockerfile: 151B                                       0.0s",
      " => [internal] load metadata for docker.io/library/busybox:latest          0.0s",
      " => [internal] load .dockerignore                                          0.0s",
      " => => transferring context: 2B                                            0.0s",
      " => [internal] load build context                                          0.0s",
      " => => transferring context: 37B                                           0.0s",
      " => CACHED [1/4] FROM docker.io/library/busybox:latest@sha256:f9ee27cb609  0.0s",
      " => => resolve docker.io/library/busybox:latest@sha256:f9ee27cb609c07b503  0.0s",
      " => [2/4] COPY file /file                                                  0.0s",
      " => ERROR [3/4] RUN for i in $(seq 1 14); do echo line $i; done; echo bad  0.1s",
    ]);
  });

  it("colours what is over by how it ended", () => {
    const palette = { run: "1", error: "2", cancel: "3", warning: "4" };
    const warnings = [{ vertex: "e", level: 1, short: "careful", detail: [], ranges: [] }];
    const events = [
      vertex("a", { completed }),
      vertex("b", { completed, cached: true }),
      vertex("c", { completed, error: "exit code: 1" }),
      vertex("d", { completed, error: "context canceled" }),
      { ...vertex("e"), warnings },
    ];
    expect(frame(events, { width: 40, palette })).toEqual([
      "[+] Building 4.0s (4/5)",
      "\u001b[1m => step a                         1.0s\u001b[0m",
      "\u001b[1m => CACHED step b                  1.0s\u001b[0m",
      "\u001b[2m => ERROR step c                   1.0s\u001b[0m",
      "\u001b[3m => CANCELED step d                1.0s\u001b[0m",
      " => step e                         4.0s",
      "\u001b[4m => WARN: careful                  4.0s\u001b[0m",
    ]);
  });

  it("says that the build is finished, in the last frame, when all is completed", () => {
    const finished = (events: ProgressEvent[], final: boolean) =>
      frame(events, { final })[0]!.includes("FINISHED");
    expect(finished([vertex("a", { completed })], true)).toBe(true);
    expect(finished([vertex("a", { completed })], false)).toBe(false);
    expect(finished([vertex("a", { completed }), vertex("b", { started: undefined })], true)).toBe(false);
    expect(finished([], true)).toBe(false);
  });

  it("keeps its columns with wide characters, tabs and control characters in names", () => {
    const names = [
      "RUN echo 中文字幕テスト한국어🚀🚀 and much more",
      "tab\there \u001b[31mred\u001b[2J",
      "e\u0301té",
    ];
    const lines = frame(
      names.map((name, i) => vertex(String(i), { name, completed })),
      { width: 40 },
    );
    expect(lines.slice(1)).toEqual([
      " => RUN echo 中文字幕テスト한국어\u001b[K\u001b[36G1.0s",
      " => tab here red                   1.0s",
      " => e\u0301té\u001b[K\u001b[36G1.0s",
    ]);
  });

  it("shows how far a status is, where there is space for it", () => {
    const status = {
      vertex: "a",
      id: "sha256:0123456789abcdef",
      name: "",
      current: 1_050_000,
      total: 3_640_000,
    };
    const events = [{ ...vertex("a"), statuses: [{ ...status, timestamp: 0n, started: 0n }] }];
    const lines = (width: number) => frame(events, { width })[2];
    expect(lines(60)).toBe(" => => sha256:0123456789abcdef 1.05MB / 3.64MB         4.0s");
    expect(lines(44)).toBe(" => => sha256:0123456 1.05MB / 3.64MB  4.0s");
    expect(lines(38)).toBe(" => => sha256:0123456789abcdef   4.0s");
    expect(lines(20)).toBe(" => => sha256:01234");
  });

  it("shows the last lines of running steps' output, the busiest first, while there is space", () => {
    const many = Array.from({ length: 9 }, (_, i) => `\u001b[2Jb${i}\t|\n`).join("");
    const events = [
      vertex("a"),
      log("a", "10%\r20%"),
      vertex("b"),
      log("b", many),
      vertex("c", { completed }),
      log("c", "c\n"),
    ];
    const both = [
      " => step a                         4.0s",
      "\u001b[2m => => # 20%\u001b[0m",
      " => step b                         4.0s",
      ...[3, 4, 5, 6, 7, 8].map((i) => `\u001b[2m => => # b${i}      |\u001b[0m`),
      " => step c                         1.0s",
    ];
    expect(frame(events, { width: 40 }).slice(1)).toEqual(both);
    expect(frame(events, { width: 40, height: 16 }).slice(1)).toEqual(
      both.filter((line) => !line.includes("20%")),
    );
    expect(frame(events, { width: 40, height: 12 })).toHaveLength(4);
    expect(frame(events, { width: 40, final: true })).toHaveLength(4);
  });

  it("gives a step's output more lines when asked to, as far as the screen allows", () => {
    const events = [vertex("a"), log("a", Array.from({ length: 40 }, (_, i) => `${i}\n`).join(""))];
    expect(frame(events, { height: 40, windowHeight: 10 })).toHaveLength(2 + 10);
    expect(frame(events, { height: 30, windowHeight: 100 })).toHaveLength(2 + 23);
    expect(frame(events, { height: 24, windowHeight: 3 })).toHaveLength(2 + 6);
  });

  it("shows on a small screen the last rows, but first those that still go on", () => {
    const events = Array.from({ length: 10 }, (_, i) =>
      vertex(String(i), i === 1 || i === 4 ? {} : { completed }),
    );
    const shown = (height: number) =>
      frame(events, { width: 40, height })
        .slice(1)
        .map((line) => line.trim().split(" ")[2]);
    expect(shown(7)).toEqual(["1", "4", "7", "8", "9"]);
    expect(shown(4)).toEqual(["1", "4"]);
    expect(shown(3)).toEqual(["4"]);
    expect(shown(1)).toEqual([]);
    expect(frame(events, { height: 5, final: true })).toHaveLength(11);
  });

  it("times running steps by the daemon's clock, whatever that is", () => {
    const timeline = new Timeline();
    timeline.apply(vertex("a", { started: 1_000_000n * SECOND }), 50n * SECOND);
    const lines = layoutFrame(timeline, { ...options, width: 40, now: 53n * SECOND });
    expect(lines).toEqual(["[+] Building 3.0s (0/1)", " => step a                         3.0s"]);
  });

  it.each([10, 20, 40, 80])("is never as wide as a screen of %i columns", (width) => {
    const events = [
      ...readRecording("group"),
      ...readRecording("warn"),
      vertex("w", { name: "中".repeat(60) }),
      log("w", `${"文".repeat(100)}\n`),
    ];
    const part = { width, height: 100, description: "kubernetes:a-builder" };
    for (const line of frame(events, part)) {
      const visible = line.replace(/\p{Cc}\[\d*m/gu, "");
      const [start = "", column, rest = ""] = visible.split(/\p{Cc}\[K\p{Cc}\[(\d+)G/u);
      expect(displayWidth(start)).toBeLessThan(width);
      expect(Number(column ?? 0) + displayWidth(rest)).toBeLessThanOrEqual(width);
    }
  });
});
