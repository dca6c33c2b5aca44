import { expect, test } from "vitest";
import { Policy } from "../gen/sourcepolicy.ts";
import { parseSourcePolicy, type SourcePolicy, wirePolicy } from "./source-policy.ts";

const POLICY: SourcePolicy = {
  version: 1,
  rules: [
    { action: "DENY", selector: { identifier: "*busybox*", matchType: "WILDCARD", constraints: [] } },
    {
      action: "CONVERT",
      selector: {
        identifier: "https://host/(.*)",
        matchType: "REGEX",
        constraints: [{ key: "http.checksum", value: "sha256:0", condition: "NOTEQUAL" }],
      },
      updates: { identifier: "https://mirror/$1", attrs: { "http.checksum": "sha256:1" } },
    },
  ],
};

test("a policy as JSON, as text or as bytes", () => {
  const text = JSON.stringify(POLICY);
  expect(parseSourcePolicy(text)).toEqual(POLICY);
  expect(parseSourcePolicy(Buffer.from(text))).toEqual(POLICY);
});

test("the spellings of other tools", () => {
  const selector = { identifier: "a", match_type: 1, constraints: null };
  expect(parseSourcePolicy(JSON.stringify({ rules: [{ action: 1, selector }, { selector }] }))).toEqual({
    rules: [
      { action: "DENY", selector: { identifier: "a", matchType: "EXACT", constraints: [] } },
      { action: "ALLOW", selector: { identifier: "a", matchType: "EXACT", constraints: [] } },
    ],
  });
});

test("a policy as BuildKit's message", () => {
  expect(parseSourcePolicy(Policy.encode(wirePolicy(POLICY)).finish())).toEqual(POLICY);
});

test.each<[string | Uint8Array, string]>([
  ["", "it is not JSON"],
  ["{", "it is not JSON"],
  [Buffer.from("rules: []"), "it is not JSON"],
  [Buffer.from([8, 1]), "it is not JSON"],
  [Buffer.from([0xff, 0xff]), "it is not JSON"],
  ["[]", "policy is not an object"],
  ['{"rules":{}}', "rules is not a list"],
  ['{"rules":[{"action":"BURN","selector":{"identifier":""}}]}', "rules[0].action is none of ALLOW, "],
  [Buffer.from([0x12, 2, 8, 9]), "rules[0].selector is not an object"],
])("%j is none", (data, problem) => {
  expect(() => parseSourcePolicy(data)).toThrowError(`invalid source policy: ${problem}`);
});
