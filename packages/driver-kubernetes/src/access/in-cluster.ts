import { readFile } from "node:fs/promises";
import { isIPv6 } from "node:net";
import type { DriverContext } from "@tsbx/core/driver";
import type { Target } from "./target.ts";

/** Where every pod finds its service account's credentials. */
export const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The cluster that this process runs in a pod of, by the pod's service account; undefined elsewhere.
 * @param directory of the service account
 */
export async function inClusterTarget(
  env: DriverContext["env"],
  directory: string,
): Promise<Target | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port) return undefined;
  const namespace = await readFile(`${directory}/namespace`, "utf8").catch(() => undefined);
  if (namespace === undefined) return undefined;
  return {
    source: "the service account of this pod",
    cluster: {
      name: "in-cluster",
      directory,
      fields: {
        server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
        "certificate-authority": "ca.crt",
      },
    },
    // Read anew for every connection: Kubernetes exchanges the token about every hour.
    user: { name: "in-cluster", directory, fields: { tokenFile: "token" } },
    namespace: namespace.trim(),
  };
}
