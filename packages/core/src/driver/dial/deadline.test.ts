import { expect, test } from "vitest";
import { abortedError, TsbxError } from "../../errors.ts";
import { withDeadline } from "./deadline.ts";

const expired = () => new TsbxError("TOO_LATE", "too late");

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

test("hands on what the work returns", async () => {
  const abort = new AbortController();
  await expect(withDeadline(60_000, abort.signal, expired, async () => 5)).resolves.toBe(5);
});

test("the bound aborts the work with the error made for it", async () => {
  const work = withDeadline(1, new AbortController().signal, expired, untilAborted);
  await expect(work).rejects.toMatchObject({ code: "TOO_LATE" });
});

test("the bound is told also where the work says only that it was cancelled, at any depth", async () => {
  const never = new AbortController().signal;
  const cancelled = (signal: AbortSignal) =>
    untilAborted(signal).catch(() => {
      throw abortedError(signal);
    });
  await expect(withDeadline(1, never, expired, cancelled)).rejects.toMatchObject({ code: "TOO_LATE" });
  const inner = () => new TsbxError("INNER", "not this one");
  const nested = withDeadline(1, never, expired, (signal) => withDeadline(60_000, signal, inner, cancelled));
  await expect(nested).rejects.toMatchObject({ code: "TOO_LATE" });
});

test("the caller's abort reaches the work as ABORTED", async () => {
  const abort = new AbortController();
  const work = withDeadline(60_000, abort.signal, expired, untilAborted);
  abort.abort("enough");
  await expect(work).rejects.toMatchObject({ code: "ABORTED", cause: "enough" });
});

test("nothing is started under a signal that is aborted already", async () => {
  let started = false;
  const work = withDeadline(60_000, AbortSignal.abort(), expired, async () => {
    started = true;
  });
  await expect(work).rejects.toMatchObject({ code: "ABORTED" });
  expect(started).toBe(false);
});
