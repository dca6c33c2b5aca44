import { describe, expect, it } from "vitest";
import { listenForInterruption } from "./interrupt.ts";
import { memoryIo } from "./memory-io.test.support.ts";

describe("listenForInterruption", () => {
  it("aborts with the first signal and exits with the second", () => {
    const io = memoryIo();
    const interruption = listenForInterruption(io);
    expect(interruption.signal.aborted).toBe(false);
    io.raise("SIGINT");
    expect(interruption.signal.aborted).toBe(true);
    expect(interruption.stoppedBy).toBe("SIGINT");
    expect(io.exits).toEqual([]);
    io.raise("SIGTERM");
    expect(io.exits).toEqual([143]);
    expect(interruption.stoppedBy).toBe("SIGINT");
  });

  it("hears nothing once closed", () => {
    const io = memoryIo();
    const interruption = listenForInterruption(io);
    interruption.close();
    io.raise("SIGINT");
    expect(interruption.stoppedBy).toBeUndefined();
  });
});
