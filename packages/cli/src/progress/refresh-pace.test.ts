import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeNow } from "./recording.test.support.ts";
import { RefreshPace } from "./refresh-pace.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function pace(env: Record<string, string> = {}) {
  const refresh = vi.fn();
  return { refresh, pace: new RefreshPace({ env, now: fakeNow, refresh }) };
}

describe("RefreshPace", () => {
  it("refreshes at an event, at most every 100 ms", () => {
    const { refresh, pace: p } = pace();
    p.event();
    vi.advanceTimersByTime(99);
    p.event();
    expect(refresh).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    p.event();
    expect(refresh).toHaveBeenCalledTimes(2);
    p.stop();
  });

  it("refreshes after 150 ms without an event, and no more once stopped", () => {
    const { refresh, pace: p } = pace();
    vi.advanceTimersByTime(149);
    p.event();
    vi.advanceTimersByTime(149);
    expect(refresh).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(refresh).toHaveBeenCalledTimes(2);
    p.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ["20", 5],
    ["0", 0],
    ["-5", 0],
    ["fast", 0],
  ])("with TTY_DISPLAY_RATE=%s refreshes %i times in 100 ms", (rate, times) => {
    const { refresh, pace: p } = pace({ TTY_DISPLAY_RATE: rate });
    vi.advanceTimersByTime(100);
    expect(refresh).toHaveBeenCalledTimes(times);
    p.stop();
  });
});
