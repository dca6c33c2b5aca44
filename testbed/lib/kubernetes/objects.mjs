import { ask, ensureObject } from "./api.mjs";

/** @typedef {import("./api.mjs").Api} Api */

export const namespace = "builds";
const tokenSeconds = 365 * 24 * 3600;

/** What a user needs whose builders are in the namespace. */
const builderRules = [
  {
    apiGroups: ["apps"],
    resources: ["deployments", "statefulsets"],
    verbs: ["get", "list", "watch", "create", "update", "patch", "delete"],
  },
  {
    apiGroups: [""],
    resources: ["configmaps"],
    verbs: ["get", "list", "create", "update", "patch", "delete"],
  },
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["pods/exec"], verbs: ["get", "create"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  { apiGroups: [""], resources: ["events"], verbs: ["get", "list"] },
  { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["get", "list", "delete"] },
];

/** What is in the cluster from the start, besides what its servers make themselves. */
export async function ensureObjects(/** @type {Api} */ api) {
  await ensureObject(api, "/api/v1/namespaces", { metadata: { name: namespace } });
  await ensureObject(api, "/apis/storage.k8s.io/v1/storageclasses", {
    metadata: { name: "bed", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    // Of the controller manager itself: directories below /tmp.
    provisioner: "kubernetes.io/host-path",
    reclaimPolicy: "Delete",
  });
  const base = `/api/v1/namespaces/${namespace}`;
  await ensureObject(api, `${base}/serviceaccounts`, { metadata: { name: "builder" } });
  await ensureObject(api, `${base}/serviceaccounts`, { metadata: { name: "denied" } });
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  await ensureObject(api, `${rbac}/roles`, { metadata: { name: "builder" }, rules: builderRules });
  await ensureObject(api, `${rbac}/rolebindings`, {
    metadata: { name: "builder" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "builder" },
    subjects: [{ kind: "ServiceAccount", name: "builder", namespace }],
  });
}

/**
 * A token of a service account.
 * @param {Api} api
 * @param {string} account
 * @returns {Promise<string>}
 */
export async function accountToken(api, account) {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`;
  const { status, body } = await ask(api, "POST", path, { spec: { expirationSeconds: tokenSeconds } });
  if (status !== 201) throw new Error(`no token for ${account}: ${JSON.stringify(body)}`);
  return body.status.token;
}

/**
 * Does for the node what a cloud's controller would: gives it its address, and lets pods onto it.
 * @param {Api} api
 * @param {string} node
 * @returns {Promise<boolean>} whether it is ready
 */
export async function settleNode(api, node) {
  const path = `/api/v1/nodes/${node}`;
  const { status, body } = await ask(api, "GET", path);
  if (status !== 200) return false;
  const address = body.status.addresses?.[0];
  if (address?.type !== "InternalIP" || address.address !== "127.0.0.1" || body.status.addresses.length > 1) {
    const addresses = [{ type: "InternalIP", address: "127.0.0.1" }];
    await ask(api, "PUT", `${path}/status`, { ...body, status: { ...body.status, addresses } });
    return false;
  }
  if (
    body.spec.taints?.some((/** @type {{ key: string }} */ { key }) => key.startsWith("node.cloudprovider"))
  ) {
    await ask(api, "PATCH", path, { spec: { taints: [] } }, "application/merge-patch+json");
    return false;
  }
  return body.status.conditions.some(
    (/** @type {{ type: string, status: string }} */ { type, status }) =>
      type === "Ready" && status === "True",
  );
}
