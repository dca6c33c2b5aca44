import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubernetesObject } from "@kubernetes/client-node";
import type { NodeConfig, NodeHandle } from "@tsbx/core/driver";
import { dump, load } from "js-yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, failureOf, kubernetes, never, TestNamespace } from "./namespace.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const ACCOUNT = "restricted";

let namespace: TestNamespace;
let directory: string;
let user: string;
/** A node as the account sees it. */
let restricted: NodeHandle;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tsbx-access-"));
  namespace = await TestNamespace.create();
  user = `system:serviceaccount:${namespace.name}:${ACCOUNT}`;
  await namespace.resources("/api/v1", "serviceaccounts").create(named(ACCOUNT), never);
  await namespace.resources(RBAC, "rolebindings").create(
    {
      ...named("restricted"),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "restricted" },
      subjects: [{ kind: "ServiceAccount", name: ACCOUNT, namespace: namespace.name }],
    } as KubernetesObject,
    never,
  );
  restricted = await configured({ user: { token: await token() } });
});
afterAll(async () => {
  await namespace.remove();
  await rm(directory, { recursive: true });
});

type Rule = readonly [group: string, resource: string, ...verbs: string[]];

const DEPLOY: Rule = ["apps", "deployments", "get", "create"];
const PODS: Rule = ["", "pods", "list", "get"];

test.each<[denied: string, rules: readonly Rule[]]>([
  ["get deployments.apps", []],
  ["create deployments.apps", [["apps", "deployments", "get"]]],
  ["list pods", [DEPLOY]],
])("whoever may not %s learns that", async (denied, rules) => {
  await allow(rules);
  const error = await failureOf(restricted.boot(() => {}, never));
  expect(error).toMatchObject({
    code: "KUBERNETES_DENIED",
    message: `Kubernetes does not allow ${user} to ${denied} in namespace ${namespace.name}`,
    hint: expect.stringContaining(`the verb ${denied.replace(" ", " on ")}`),
  });
  await namespace.handle().remove({ keepState: false }, never);
});

test("whoever may not exec into pods learns that", async () => {
  const handle = namespace.handle();
  await handle.boot(() => {}, never);
  try {
    await allow([DEPLOY, PODS]);
    expect((await failureOf(restricted.dial(never))).message).toBe(
      `Kubernetes does not allow ${user} to get pods/exec in namespace ${namespace.name}`,
    );
    expect(await restricted.status(never)).toMatchObject({ state: "running" });
  } finally {
    await handle.remove({ keepState: false }, never);
  }
});

test("what the docs ask for is enough", async () => {
  const page = await readFile(new URL("../../../docs/drivers/kubernetes.md", import.meta.url), "utf8");
  const rows = page.matchAll(/^\| (`.*`)(?: in `apps`)? \| ((?:[a-z]+(?:, )?)+) \|$/gm);
  const rules = [...rows].flatMap(([row, resources = "", verbs = ""]) =>
    [...resources.matchAll(/`([^`]+)`/g)]
      .map(([, resource]) => resource!)
      .filter((resource) => resource !== "apps")
      .map((resource): Rule => [row.includes("`apps`") ? "apps" : "", resource, ...verbs.split(", ")]),
  );
  expect(rules.map(([, resource]) => resource)).toContain("pods/exec");
  await allow(rules);
  const files = { "buildkitd.toml": Buffer.from("debug = true\n") };
  const handle = await configured({ user: { token: await token() } }, { files });
  await handle.boot(() => {}, never);
  (await handle.dial(never)).destroy();
  expect(await handle.status(never)).toMatchObject({ state: "running" });
  expect(await handle.logs?.(never)).toMatch(/buildkitd/);
  await handle.remove({ keepState: false }, never);
});

test("status says what is not allowed", async () => {
  await allow([]);
  expect(await restricted.status(never)).toEqual({
    state: "error",
    detail: expect.stringContaining(`${user} to get deployments.apps`),
  });
});

test("credentials that are none", async () => {
  const handle = await configured({ user: { token: "none" } });
  expect(await failureOf(handle.boot(() => {}, never))).toMatchObject({
    code: "KUBERNETES_UNAUTHENTICATED",
    hint: expect.stringContaining("credentials of context"),
  });
});

test("an API server that is down", async () => {
  const handle = await configured({ cluster: { server: "https://127.0.0.1:1" } });
  for (const attempt of [
    () => handle.boot(() => {}, never),
    () => handle.dial(never),
    () => handle.remove({ keepState: true }, never),
  ]) {
    expect(await failureOf(attempt())).toMatchObject({
      code: "KUBERNETES_UNREACHABLE",
      message: "cannot reach the Kubernetes API at https://127.0.0.1:1: connection refused",
    });
  }
  expect((await handle.status(never)).state).toBe("inactive");
});

test("an API server that says nothing", async () => {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  try {
    const handle = await configured({ cluster: { server: `https://127.0.0.1:${port}` } });
    expect((await failureOf(handle.boot(() => {}, never))).message).toMatch(/no answer within 8 s$/);
  } finally {
    server.close();
  }
});

test("a certificate of an authority that is not known", async () => {
  const handle = await configured({
    cluster: { "certificate-authority-data": undefined, "certificate-authority": undefined },
  });
  expect(await failureOf(handle.boot(() => {}, never))).toMatchObject({
    code: "KUBERNETES_UNREACHABLE",
    hint: expect.stringContaining("certificate-authority-data"),
  });
});

function named(name: string): KubernetesObject {
  return { metadata: { name } };
}

/** Lets the restricted account do this and nothing else. */
async function allow(rules: readonly Rule[]): Promise<void> {
  const roles = namespace.resources(RBAC, "roles");
  await roles.delete("restricted", {}, never);
  const role = {
    ...named("restricted"),
    rules: rules.map(([group, resource, ...verbs]) => ({ apiGroups: [group], resources: [resource], verbs })),
  };
  await roles.create(role, never);
}

async function token(): Promise<string> {
  const path = `/api/v1/namespaces/${namespace.name}/serviceaccounts/${ACCOUNT}/token`;
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const { status } = await namespace.cluster.client.json<{ status: { token: string } }>(
    { method: "POST", path, body, action: "request a token" },
    never,
  );
  return status.token;
}

interface Kubeconfig {
  clusters: { name: string; cluster: object }[];
  users: { name: string; user: object }[];
  contexts: { name: string; context: { cluster: string; user: string } }[];
  "current-context": string;
}

/** A handle whose kubeconfig is that of the bed, with other fields of its cluster or another user. */
async function configured(
  other: { cluster?: object; user?: object },
  node: Partial<NodeConfig> = {},
): Promise<NodeHandle> {
  const config = load(await readFile(kubernetes.kubeconfig, "utf8")) as Kubeconfig;
  const { context } = config.contexts.find(({ name }) => name === config["current-context"])!;
  const { cluster } = config.clusters.find(({ name }) => name === context.cluster)!;
  const { user } = config.users.find(({ name }) => name === context.user)!;
  const kubeconfig = join(directory, randomUUID());
  await writeFile(
    kubeconfig,
    dump(
      {
        clusters: [{ name: "c", cluster: { ...cluster, ...other.cluster } }],
        users: [{ name: "u", user: other.user ?? user }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        "current-context": "x",
      },
      { skipInvalid: true },
    ),
  );
  return connect({ kubeconfig, namespace: namespace.name }, node);
}
