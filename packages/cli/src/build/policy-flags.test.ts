import { describe, expect, it } from "vitest";
import { policySets } from "./policy-flags.ts";

const OWN = { files: ["Dockerfile.rego"] };

describe("--policy", () => {
  it.each([
    [[], [OWN]],
    [["filename=a"], [OWN, { files: ["a"] }]],
    [
      ["filename=a,filename=b,strict=t", "FILENAME=c"],
      [OWN, { files: ["a", "b"], strict: true }, { files: ["c"] }],
    ],
    [["reset=true"], []],
    [["reset=false"], [OWN]],
    [["filename=a", "reset=1,filename=b"], [{ files: ["b"] }]],
    [["log-level=WARNING"], [{ ...OWN, logLevel: "warn" }]],
    [["strict=true", "strict=0"], [{ ...OWN, strict: false }]],
    [
      ["filename=a", "strict=true,log-level=debug", "filename=b"],
      [OWN, { files: ["a"], strict: true, logLevel: "debug" }, { files: ["b"] }],
    ],
    [
      ["reset=true,strict=true", "filename=a", "filename=b,strict=false"],
      [
        { files: ["a"], strict: true },
        { files: ["b"], strict: false },
      ],
    ],
    [["reset=true,strict=true", "log-level=info", "filename=a"], [{ files: ["a"], logLevel: "info" }]],
    [[" filename =a b"], [OWN, { files: ["a b"] }]],
    [["disabled=false"], [OWN]],
    [["disabled=true"], undefined],
  ])("%j", (values, sets) => {
    expect(policySets(values, OWN)).toEqual(sets);
  });

  it("without a policy beside the Dockerfile", () => {
    expect(policySets([], undefined)).toEqual([]);
    expect(policySets(["strict=true", "filename=a"], undefined)).toEqual([{ files: ["a"], strict: true }]);
  });
});
