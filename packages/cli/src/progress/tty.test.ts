import type { ProgressEvent } from "@tsbx/core/progress";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeNow, readRecording, replay, TestOutput } from "./recording.test.support.ts";
import type { RendererContext } from "./renderer.ts";
import { TtyRenderer } from "./tty.ts";

const HIDE = "\u001b[?25l\u001b[?7l";
const SHOW = "\u001b[?7h\u001b[?25h";

let output: TestOutput;

function renderer(part: Partial<RendererContext> = {}): TtyRenderer {
  Object.assign(output, { isTTY: true, columns: 80, rows: 24 });
  return new TtyRenderer({
    output,
    env: { NO_COLOR: "1" },
    now: fakeNow,
    phase: "Building",
    debug: false,
    ...part,
  });
}

const running: ProgressEvent = {
  vertexes: [{ digest: "a", name: "step a", inputs: [], cached: false, started: 0n }],
  statuses: [],
  logs: [],
  warnings: [],
};

beforeEach(() => {
  vi.useFakeTimers();
  output = new TestOutput();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  expect(output.listenerCount("resize")).toBe(0);
  vi.useRealTimers();
});

describe("TtyRenderer", () => {
  it("draws pictures over one another, and hides the cursor only within each", async () => {
    const tty = renderer();
    tty.write(running);
    expect(output.text).toBe(
      `${HIDE}\r[+] Building 0.0s (0/1)\u001b[K\n => step a${" ".repeat(65)}0.0s\u001b[K\n\u001b[J${SHOW}`,
    );
    vi.advanceTimersByTime(150);
    const second = output.text.split(SHOW)[1];
    expect(second).toBe(
      `${HIDE}\u001b[2A\r[+] Building 0.1s (0/1)\u001b[K\n => step a${" ".repeat(65)}0.1s\u001b[K\n\u001b[J`,
    );
    await tty.close();
    expect(output.text.endsWith(SHOW)).toBe(true);
  });

  it("draws anew when the terminal's size changes, over all rows that the old lines take by then", async () => {
    const tty = renderer();
    tty.write(running);
    const before = output.text.length;
    Object.assign(output, { columns: 40 });
    output.emit("resize");
    expect(output.text.slice(before)).toMatch(/^\p{Cc}\[\?25l\p{Cc}\[\?7l\p{Cc}\[3A\r\p{Cc}\[J\[\+\] /u);
    await tty.close();
  });

  it("ends with the whole list, then a failed step's whole output, made harmless", async () => {
    const events = readRecording("fail").map((event) => ({
      ...event,
      logs: event.logs.map((log) => ({
        ...log,
        data: Buffer.from(log.data.toString().replace("bad", "\u001b[2Jb\u0007ad")),
      })),
    }));
    const tty = renderer();
    Object.assign(output, { rows: 5 });
    await replay(events, tty);
    const [end, picture] = output.text.split(SHOW).reverse();
    expect(picture!.match(/ => /g)).toHaveLength(11);
    expect(end!.split("\n").filter((line) => /^\d+\.\d+ /.test(line))).toHaveLength(15);
    expect(end).toMatch(/^------\n > \[3\/4\] RUN for .*:\n[\d.]+ line 1\n/);
    expect(end).toMatch(/^[\d.]+ bad$/m);
  });

  it("ends with the warnings", async () => {
    await replay(readRecording("warn"), renderer({ env: {} }));
    expect(output.text).toContain(
      `${SHOW}\n \u001b[33m5 warnings found (use --debug to expand):\u001b[0m\n - StageName`,
    );
  });

  it("says what of BUILDKIT_COLORS it cannot use", async () => {
    await renderer({ env: { BUILDKIT_COLORS: "run=pink" } }).close();
    expect(output.text).toBe('warning: BUILDKIT_COLORS: cannot use "run=pink"\n');
  });
});
