import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance } from "@tsbx/driver-testkit";
import { afterAll, test } from "vitest";
import driver from "../src/index.ts";
import { kubernetes, TestNamespace } from "./namespace.ts";

const temporaryDirectory = await mkdtemp(join(tmpdir(), "tsbx-conformance-"));
const namespace = await TestNamespace.create();
afterAll(async () => {
  await namespace.remove();
  await rm(temporaryDirectory, { recursive: true });
});

const cases = conformance({
  driver,
  node: {
    builder: "conformance",
    name: "conformance0",
    options: { namespace: namespace.name },
  },
  context: { env: { KUBECONFIG: kubernetes.kubeconfig } },
  // A volume of its own goes with the pod.
  keepsState: false,
  unreachable: { options: { kubeconfig: join(temporaryDirectory, "none"), namespace: namespace.name } },
  badOptions: { "limits.memory": "much", namespace: "Not_A_Name", tolerations: "key" },
  leftovers: () => namespace.contents(),
  temporaryDirectory,
});
for (const { name, run } of cases) test(name, ({ signal }) => run(signal));
