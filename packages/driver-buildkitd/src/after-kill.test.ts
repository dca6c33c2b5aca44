import { expect, test } from "vitest";
import { mountsBelow } from "./after-kill.ts";

test("only what lies below, with its escapes decoded, in order", () => {
  const table = [
    "overlay /s/root/a overlay rw 0 0",
    "tmpfs /s/root tmpfs rw 0 0",
    "tmpfs /s/rootless/x tmpfs rw 0 0",
    "overlay /s/root/with\\040space overlay rw 0 0",
    "",
  ].join("\n");
  expect(mountsBelow("/s/root", table)).toEqual(["/s/root/a", "/s/root/with space"]);
});
