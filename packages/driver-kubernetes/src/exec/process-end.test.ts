import { expect, test } from "vitest";
import { processEnd } from "./process-end.ts";

test.each([
  ["success", '{"metadata":{},"status":"Success"}', { success: true, stderr: "said" }],
  [
    "an exit code",
    '{"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"137"}]}}',
    {
      success: false,
      exitCode: 137,
      message: "command terminated with non-zero exit code",
      stderr: "said",
    },
  ],
  [
    "what could not run",
    '{"status":"Failure","message":"container not found (\\"buildkitd\\")","reason":"InternalError"}',
    { success: false, message: 'container not found ("buildkitd")', stderr: "said" },
  ],
  ["no status", "", { success: false, stderr: "said" }],
  ["half a status", '{"status":"Succ', { success: false, stderr: "said" }],
])("%s", (_name, status, end) => {
  expect(processEnd(status, "said\n")).toEqual(end);
});
