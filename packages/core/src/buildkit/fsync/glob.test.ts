import fc from "fast-check";
import { expect, it } from "vitest";
import { globMatcher } from "./glob.ts";

it("finds the same in many steps as in few", () => {
  const piece = fc.constantFrom(
    "*",
    "**",
    "**/",
    "?",
    "a",
    "b",
    "/",
    "[ab]",
    "[^a]",
    "\\*",
    "\\🙂",
    "🙂",
    "\n",
    "^",
  );
  const part = fc.constantFrom("a", "b", "/", "*", "🙂", ".", "\n", "c");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 7 }), fc.array(part, { maxLength: 8 }), (pieces, parts) => {
      const [glob, path] = [pieces.join(""), parts.join("")];
      expect(globMatcher(glob, 0)(path)).toBe(globMatcher(glob, Number.POSITIVE_INFINITY)(path));
    }),
    { numRuns: 5000 },
  );
});

it.each([
  ["*a*a*a*a*a*a*a*ab", "a".repeat(255)],
  [`${"**/".repeat(20)}b`, "a/".repeat(2000)],
  ["**/*a*a*a*b", `${"x/".repeat(100)}${"a".repeat(255)}`],
])("sees soon that %s does not match", (glob, path) => {
  const started = performance.now();
  expect(globMatcher(glob)(path)).toBe(false);
  expect(performance.now() - started).toBeLessThan(1000);
});
