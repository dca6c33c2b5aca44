import { expect, test } from "vitest";
import { stickyChoice } from "./sticky.ts";

const names = ["b0-6d4f-aaaaa", "b0-6d4f-bbbbb", "b0-6d4f-ccccc"];

// Computed with another program out of the definition of the ring.
test.each([
  ["/home/me/app", "b0-6d4f-bbbbb"],
  ["/srv/x", "b0-6d4f-bbbbb"],
  ["/c", "b0-6d4f-ccccc"],
])("%s meets %s, in whatever order the pods are listed", (key, name) => {
  expect(stickyChoice(names, key)).toBe(name);
  expect(stickyChoice([...names].reverse(), key)).toBe(name);
});

test("a key moves only when its own pod goes", () => {
  expect(stickyChoice(names.slice(0, 2), "/srv/x")).toBe("b0-6d4f-bbbbb");
  expect(stickyChoice([names[0]!, names[2]!], "/srv/x")).toBe("b0-6d4f-aaaaa");
});

test("a single pod takes all", () => {
  expect(stickyChoice(["p"], "/c")).toBe("p");
});
