import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inClusterTarget } from "./in-cluster.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tsbx-in-cluster-"));
  await writeFile(join(directory, "namespace"), "builds\n");
});
afterEach(() => rm(directory, { recursive: true }));

const env = { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" };

test.each([
  ["10.96.0.1", "https://10.96.0.1:443"],
  ["fd00::1", "https://[fd00::1]:443"],
])(
  "the service's address %s is the server %s, and the account's namespace is the pod's",
  async (host, server) => {
    expect(await inClusterTarget({ ...env, KUBERNETES_SERVICE_HOST: host }, directory)).toMatchObject({
      cluster: { directory, fields: { server } },
      user: { directory },
      namespace: "builds",
    });
  },
);

test("outside a pod, and in one without a service account, there is none", async () => {
  expect(await inClusterTarget({}, directory)).toBeUndefined();
  expect(await inClusterTarget(env, join(directory, "none"))).toBeUndefined();
});
