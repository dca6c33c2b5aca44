import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KubernetesObject } from "@kubernetes/client-node";
import type { NodeConfig, NodeHandle } from "@tsbx/core/driver";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dialPod } from "../src/pod.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { connect, eventually, failureOf, never, TestNamespace } from "./namespace.ts";

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

test("whoever may not exec into pods learns that, and who may not read a pod, of whose end no more is known", async () => {
  const handle = namespace.handle();
  await handle.boot(() => {}, never);
  try {
    await allow([DEPLOY, PODS]);
    expect((await failureOf(restricted.dial(never))).message).toBe(
      `Kubernetes does not allow ${user} to get pods/exec in namespace ${namespace.name}`,
    );
    expect(await restricted.status(never)).toMatchObject({ state: "running" });
    await allow([DEPLOY, ["", "pods", "list"], ["", "pods/exec", "get", "create"]]);
    expect((await lossOfPod(restricted)).message).toMatch(
      new RegExp(`what became of the pod cannot be read: .* does not allow ${user} to get pods `),
    );
  } finally {
    await handle.remove({ keepState: false }, never);
  }
});

const STORAGE = "persistent-volume-claim.requests.storage";

test.each([
  ["a Deployment", {}, /^builders with a persistent volume$/],
  ["a StatefulSet and its volumes", { [STORAGE]: "64Mi" }, /^$/],
])("what the docs ask for is enough for %s", async (_name, options, others) => {
  await allow(await documentedRules(others));
  const files = { "buildkitd.toml": Buffer.from("debug = true\n") };
  const kubeconfig = await writeKubeconfig(directory, { user: { token: await token() } });
  const given = { kubeconfig, namespace: namespace.name, ...options };
  const handle = connect(given, { files });
  await handle.boot(() => {}, never);
  expect(await handle.status(never)).toMatchObject({ state: "running" });
  expect(await handle.logs?.(never)).toMatch(/buildkitd/);
  const [pod] = await namespace.pods();
  (await dialPod({ kubeconfig, namespace: namespace.name, pod: pod!.metadata!.name! }, {}, never)).destroy();
  expect((await lossOfPod(handle)).message).toMatch(/was lost: the pod (was|is being) deleted/);
  await handle.remove({ keepState: false }, never);
  await namespace.isEmpty();
  const hopeless = connect({ ...given, nodeselector: "no=such", timeout: "1s" });
  const failure = await failureOf(hopeless.boot(() => {}, never));
  expect(failure).toMatchObject({ code: "KUBERNETES_NOT_READY" });
  expect(failure.message).toMatch(/its last events:/);
  await namespace.isEmpty();
});

/** @param others for what the rows are that are left out */
async function documentedRules(others: RegExp): Promise<Rule[]> {
  const page = await readFile(new URL("../../../docs/drivers/kubernetes.md", import.meta.url), "utf8");
  const rows = page.matchAll(/^\| `([a-z/]+)`( in `apps`)? \| ((?:[a-z]+(?:, )?)+) \| (.*) \|$/gm);
  const rules = [...rows]
    .filter(([, , , , use]) => !others.test(use!))
    .map(([, resource, apps, verbs]): Rule => [apps ? "apps" : "", resource!, ...verbs!.split(", ")]);
  expect(rules.map(([, resource]) => resource)).toContain("pods/exec");
  return rules;
}

/** What a connection ends with whose pod is deleted. */
async function lossOfPod(handle: NodeHandle): Promise<Error> {
  const stream = await handle.dial(never);

  const [pod] = await namespace.pods();
  const ended = new Promise<Error>((resolve) => {
    stream.resume().once("close", () => resolve(stream.errored!));
  });
  const path = `/api/v1/namespaces/${namespace.name}/pods/${pod!.metadata!.name}`;
  const body = { gracePeriodSeconds: 0 };
  await namespace.cluster.client.json({ method: "DELETE", path, body, action: "delete a pod" }, never);
  return ended;
}

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

let allowed: readonly Rule[] = [];

/** Lets the restricted account do this and nothing else, and waits until the API server goes by it. */
async function allow(rules: readonly Rule[]): Promise<void> {
  const roles = namespace.resources(RBAC, "roles");
  await roles.delete("restricted", {}, never);
  const role = {
    ...named("restricted"),
    rules: rules.map(([group, resource, ...verbs]) => ({ apiGroups: [group], resources: [resource], verbs })),
  };
  await roles.create(role, never);
  const wanted = rules.flatMap(permissions);
  for (const permission of new Set([...wanted, ...allowed.flatMap(permissions)])) {
    await eventually(async () => expect(await mayDo(permission)).toBe(wanted.includes(permission)));
  }
  allowed = rules;
}

function permissions([group, resource, ...verbs]: Rule): string[] {
  return verbs.map((verb) => [group, resource, verb].join(" "));
}

async function mayDo(permission: string): Promise<boolean> {
  const [group, path, verb] = permission.split(" ");
  const [resource, subresource] = path!.split("/");
  const resourceAttributes = { namespace: namespace.name, group, resource, subresource, verb };
  const { status } = await namespace.cluster.client.json<{ status: { allowed: boolean } }>(
    {
      method: "POST",
      path: "/apis/authorization.k8s.io/v1/subjectaccessreviews",
      body: { spec: { user, resourceAttributes } },
      action: "ask what is allowed",
    },
    never,
  );
  return status.allowed;
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

/** A handle whose kubeconfig is that of the bed, with other fields of its cluster or another user. */
async function configured(
  other: { cluster?: object; user?: object },
  node: Partial<NodeConfig> = {},
): Promise<NodeHandle> {
  const kubeconfig = await writeKubeconfig(directory, other);
  return connect({ kubeconfig, namespace: namespace.name }, node);
}
