import type { CacheMiss, MissReason } from "@tsbx/core/explain";
import { describe, expect, it } from "vitest";
import { missesText, reasonsText } from "./text.ts";

const miss = (name: string, ...reasons: MissReason[]): CacheMiss => ({ digest: name, name, reasons });

describe("why steps were not cached", () => {
  it("is a line a step", () => {
    const misses = [
      miss("[a 1/2] RUN x\ny", { kind: "part", name: "command" }, { kind: "variable", name: "A" }),
      miss("[a 2/2] \u001b[31mRUN\u202e z", { kind: "follows", step: "[a 1/2] RUN x\ny" }),
    ];
    expect(missesText(misses)).toBe(
      "Steps that were not in the cache, and why:\n" +
        "  [a 1/2] RUN x y: its command has changed; variable A has changed\n" +
        "  [a 2/2] RUN z: follows [a 1/2] RUN x y\n",
    );
  });

  it("is said when there is nothing to say", () => {
    expect(missesText([])).toBe("Every step was in the cache.\n");
    expect(missesText(undefined)).toMatch(/^This daemon does not tell /);
    const first = missesText([miss("a", { kind: "unknown" }), miss("b", { kind: "no-cache" })]);
    expect(first).toMatch(
      / {2}b: the cache was not to be used\nThere is no build before to compare with: .*\n$/,
    );
    expect(first).not.toContain("  a:");
  });

  it("names five files", () => {
    const files = {
      kind: "files",
      changed: ["a", "b"],
      added: ["c", "d"],
      removed: ["e", "f", "g"],
    } as const;
    expect(reasonsText([files])).toBe(
      "a has changed, b has changed, c is new, d is new, e is gone, 2 more files",
    );
  });

  it("names sources that may have changed", () => {
    expect(reasonsText([{ kind: "not-cached", unless: ["https://a", "https://b"] }])).toBe(
      "not in this daemon's cache, or https://a, https://b has changed",
    );
  });
});
