import { TsbxError } from "@tsbx/core/driver";
import { expect, test } from "vitest";
import { pause } from "./pause.ts";

test.each([
  ["a cancelled one is ABORTED", new Error("no more"), "ABORTED"],
  ["one whose time is over fails as that says", new TsbxError("TOO_LATE", "too late"), "TOO_LATE"],
])("%s", async (_name, reason, code) => {
  await expect(pause(AbortSignal.abort(reason))).rejects.toMatchObject({ code });
});
