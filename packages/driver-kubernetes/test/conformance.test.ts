import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance } from "@tsbx/driver-testkit";
import { afterAll, describe, test } from "vitest";
import driver from "../src/index.ts";
import { kubernetes, TestNamespace } from "./namespace.ts";

const temporaryDirectory = await mkdtemp(join(tmpdir(), "tsbx-conformance-"));
afterAll(() => rm(temporaryDirectory, { recursive: true }));

const WORKLOADS: { workload: string; options: Record<string, string>; keepsState: boolean }[] = [
  { workload: "a Deployment", options: {}, keepsState: false },
  {
    workload: "a StatefulSet with a volume",
    options: { "persistent-volume-claim.requests.storage": "1Gi" },
    keepsState: true,
  },
];

describe.each(WORKLOADS)("$workload", async ({ options, keepsState }) => {
  const namespace = await TestNamespace.create();
  afterAll(() => namespace.remove());
  const cases = conformance({
    driver,
    node: {
      builder: "conformance",
      name: "conformance0",
      options: { namespace: namespace.name, ...options },
    },
    context: { env: { KUBECONFIG: kubernetes.kubeconfig } },
    keepsState,
    unreachable: { options: { kubeconfig: join(temporaryDirectory, "none"), namespace: namespace.name } },
    badOptions: { "limits.memory": "much", namespace: "Not_A_Name", tolerations: "key" },
    leftovers: () => namespace.contents(),
    temporaryDirectory,
  });
  for (const { name, run } of cases) test(name, ({ signal }) => run(signal));
});
