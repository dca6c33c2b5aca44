import { expect, test } from "vitest";
import { CheckPolicyRequest, CheckPolicyResponse } from "../../../gen/policysession.ts";
import { PolicyAction } from "../../../gen/sourcepolicy.ts";
import { servedCall } from "../served-call.test.support.ts";
import { policyHandlers } from "./handlers.ts";
import type { SourceRequest, SourceVerifier } from "./source.ts";

const PATH = "/moby.buildkit.v1.sourcepolicy.policysession.PolicyVerifier/CheckPolicy";
const SOURCE = { identifier: "https://host/a", attrs: { "http.checksum": "sha256:0" } };
const LINUX = { os: "linux", architecture: "arm", variant: "v7" };

async function ask(
  verifiers: readonly SourceVerifier[],
  question: Parameters<typeof CheckPolicyRequest.fromPartial>[0] = { source: { source: SOURCE } },
) {
  const thrown: Array<[string, unknown]> = [];
  const { signal } = new AbortController();
  const handlers = policyHandlers(verifiers, {
    signal,
    onThrown: (identifier, error) => thrown.push([identifier, error]),
  });
  const message = CheckPolicyRequest.encode(CheckPolicyRequest.fromPartial(question)).finish();
  const [answer] = await servedCall(handlers, PATH, [message]);
  const { decision, request } = CheckPolicyResponse.decode(answer!);
  return { decision, request, thrown };
}

test("a question is told in the terms of its kind", async () => {
  let asked: SourceRequest | undefined;
  const verify: SourceVerifier = (request) => {
    asked = request;
    return { action: "ALLOW" };
  };
  const lastModified = { seconds: 1_500_000_000n, nanos: 250_000_000 };
  const http = { checksum: "sha256:0", filename: "a", lastModified };
  await ask([verify], { platform: LINUX, source: { source: SOURCE, http } });
  expect(asked).toEqual({
    ...SOURCE,
    platform: "linux/arm/v7",
    http: { checksum: "sha256:0", filename: "a", lastModified: new Date(1_500_000_000_250) },
  });
  await ask([verify], { source: { source: SOURCE, git: { checksum: "0", ref: "refs/heads/a" } } });
  expect(asked).toEqual({ ...SOURCE, git: { checksum: "0", ref: "refs/heads/a" } });
  await ask([verify], {});
  expect(asked).toEqual({ identifier: "", attrs: {} });
});

test("what is to be resolved is the source that was asked about", async () => {
  const suffix = Buffer.from("s");
  const { request, decision } = await ask(
    [() => ({ action: "RESOLVE", git: {}, http: { suffixed: { algorithm: "SHA512", suffix } } })],
    { platform: LINUX, source: { source: SOURCE } },
  );
  expect(decision).toBeUndefined();
  expect(request).toMatchObject({
    source: SOURCE,
    platform: LINUX,
    git: { returnObject: false },
    http: { checksumRequest: { algo: 2 } },
    image: undefined,
  });
});

test("a conversion keeps what it does not name, and one to the same goes on to the next", async () => {
  const next: SourceVerifier = () => ({ action: "CONVERT", identifier: "https://host/b" });
  const { decision } = await ask([() => ({ action: "CONVERT" }), next]);
  expect(decision).toMatchObject({
    action: PolicyAction.CONVERT,
    update: { ...SOURCE, identifier: "https://host/b" },
  });
  const none: SourceVerifier = () => ({ action: "CONVERT", attrs: {} });
  expect((await ask([none])).decision!.update).toEqual({ identifier: SOURCE.identifier, attrs: {} });
});

test("without a decision nothing is allowed", async () => {
  const error = new Error("broken");
  for (const verify of [
    () => Promise.reject(error),
    () => {
      throw error;
    },
  ]) {
    const { decision, thrown } = await ask([verify]);
    expect(decision).toEqual({
      action: PolicyAction.DENY,
      denyMessages: [{ message: "broken" }],
      update: undefined,
    });
    expect(thrown).toEqual([[SOURCE.identifier, error]]);
  }
  for (const answer of [undefined, null, true, {}, { action: "allow" }]) {
    const { decision } = await ask([(() => answer) as unknown as SourceVerifier]);
    expect(decision).toMatchObject({
      action: PolicyAction.DENY,
      denyMessages: [{ message: "verifySource returned no decision" }],
    });
  }
});
