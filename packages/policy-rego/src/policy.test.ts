import type { SourceRequest } from "@tsbx/core";
import { expect, it } from "vitest";
import { regoPolicy } from "./policy.ts";

const IMAGE: SourceRequest = {
  identifier: "docker-image://docker.io/library/a:1",
  attrs: {},
  platform: "linux/amd64",
};
const context = { signal: new AbortController().signal };

function decide(rules: string, request = IMAGE) {
  const text = `package docker\n${rules}`;
  return regoPolicy({ modules: [{ name: "p.rego", text }] })(request, context);
}

it.each([
  ["labels", 'input.image.labels.a == "b"', { action: "RESOLVE" }],
  ["the checksum", 'startswith(input.image.checksum, "sha256:")', { action: "RESOLVE" }],
  ["attestations", "input.image.hasProvenance", { action: "RESOLVE", image: { attestationChain: true } }],
])("has resolved what it looks at: %s", (_, term, answer) => {
  expect(decide(`decision := {"allow": allow}\ndefault allow := false\nallow if ${term}\n`)).toEqual(answer);
  expect(decide(`decision := {"allow": allow}\ndefault allow := false\nallow if not ${term}\n`)).toEqual(
    answer,
  );
});

it("does not have resolved what it does not look at", () => {
  const rules = 'decision := {"allow": object.get(input, ["image", "repo"], "") == "a"}\n';
  expect(decide(rules)).toEqual({ action: "ALLOW" });
});

it.each([
  ["no decision", "decision := 1 if input.nothing\n"],
  ["a decision that is no object", "decision := true\n"],
  ["an allow that is no boolean", 'decision := {"allow": "yes"}\n'],
  ["several decisions", 'decision := {"allow": true}\ndecision := {"allow": false}\n'],
  ["all of an image", 'decision := {"allow": count(input.image) > 0}\n'],
  ["what a key hides", 'decision := {"allow": input.image[k] == []}\nk := concat("", ["signa", "tures"])\n'],
  ["a pattern that is not supported", 'decision := {"allow": regex.match("(?i)a", "a")}\n'],
])("allows nothing with %s", async (_, rules) => {
  // Denied by what is thrown, asked for first, or refused at once.
  const decided = async () => {
    for (let round = 0; round < 3; round++) {
      const image = { digest: `sha256:${"0".repeat(64)}`, config: Buffer.from("{}") };
      const answer = await decide(rules, round === 0 ? IMAGE : { ...IMAGE, image });
      if (answer.action !== "RESOLVE") return answer;
    }
    return undefined;
  };
  const action = await decided().then(
    (answer) => answer?.action,
    () => "thrown",
  );
  expect(action).not.toBe("ALLOW");
});

it.each([
  ['verify_git_signature(input.git.commit, "k")', "the function verify_git_signature"],
  ["input.image.signatures[_]", "input.image.signatures"],
  ["input.image.provenance.builderID", "input.image.provenance"],
  ["time.now_ns() > 0", "the function time.now_ns"],
  ["input.image with input as {}", "with"],
])("refuses %s before anything is decided", (term, what) => {
  const rules = `decision := {"allow": allow}\nallow if ${term}\n`;
  expect(() => decide(rules)).toThrow(expect.objectContaining({ code: "POLICY_UNSUPPORTED" }));
  expect(() => decide(rules)).toThrow(`${what} is not supported`);
});

it("refuses a policy that asks for what builds do not have here", () => {
  expect(() => decide('decision := {"allow": true, "caps": {"exec.proxy": true}}\n')).toThrow("caps");
  expect(() => decide("allow := true\n")).toThrow("no rule decision");
});
