import type { NewNode } from "@tsbx/core/driver";
import { expect, test } from "vitest";
import { prepareNode } from "./prepare.ts";

const prepare = (node: Partial<NewNode>, env: Record<string, string> = {}) =>
  prepareNode(
    { builder: "bb", index: 0, options: {}, buildkitdFlags: [], ...node },
    { env, stateDir: "/nonexistent" },
  );
const ENTITLED = ["--allow-insecure-entitlement=network.host"];

test("without a name the endpoint gets a deployment that no other has", () => {
  const { name, endpoint } = prepare({}, { KUBECONFIG: "/k" });
  expect(name).toBeUndefined();
  expect(endpoint).toMatch(
    /^kubernetes:\/\/\/bb\?deployment=buildkit-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-[0-9a-f]{5}&kubeconfig=%2Fk$/,
  );
});

test("with a name it gets that", () => {
  expect(prepare({ name: "my_node" }).endpoint).toBe("kubernetes:///bb?deployment=my_node&kubeconfig=");
});

test("an endpoint of this driver is kept, another one refused", () => {
  const endpoint = "kubernetes:///bb?deployment=d&kubeconfig=%2Fk";
  expect(prepare({ endpoint }, { KUBECONFIG: "/other" }).endpoint).toBe(endpoint);
  expect(() => prepare({ endpoint: "mycontext" })).toThrow(/"mycontext"/);
});

test("the kubeconfig option moves into the endpoint", () => {
  const { endpoint, options } = prepare({ name: "n", options: { kubeconfig: "/k", replicas: "2" } });
  expect(endpoint).toBe("kubernetes:///bb?deployment=n&kubeconfig=%2Fk");
  expect(options).toEqual({ replicas: "2" });
});

test.each([
  ["a space", "my node"],
  ["a dash at the end", "n-"],
  ["64 letters", "n".repeat(64)],
])("a name that cannot name a workload is refused: %s", (_name, name) => {
  expect(() => prepare({ name })).toThrow(expect.objectContaining({ code: "INVALID_NODE_NAME" }));
});

test.each<[string, Partial<NewNode>, string[]]>([
  ["nothing said", {}, ENTITLED],
  ["other flags", { buildkitdFlags: ["--debug"] }, ["--debug", ...ENTITLED]],
  [
    "another entitlement by flag",
    { buildkitdFlags: ["--allow-insecure-entitlement=security.insecure"] },
    ["--allow-insecure-entitlement=security.insecure"],
  ],
  [
    "its value as a word of its own",
    { buildkitdFlags: ["--allow-insecure-entitlement", "device"] },
    ["--allow-insecure-entitlement", "device"],
  ],
  ["the same by configuration", { buildkitdConfig: { "insecure-entitlements": ["network.host"] } }, []],
  ["another by configuration", { buildkitdConfig: { "insecure-entitlements": ["device"] } }, ENTITLED],
])("entitlement of the host's network: %s", (_name, node, flags) => {
  expect(prepare(node).buildkitdFlags).toEqual(flags);
});
