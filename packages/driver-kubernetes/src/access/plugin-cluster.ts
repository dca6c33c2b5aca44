import { type Fields, isFields, type Named } from "./kubeconfig.ts";

/** The name of the extension that a kubeconfig's cluster has for plugins. */
const EXTENSION = "client.authentication.k8s.io/exec";

/**
 * What a credential plugin that asks for it is told of the cluster, as
 * https://kubernetes.io/docs/reference/config-api/client-authentication.v1/#client-authentication-k8s-io-v1-Cluster
 * has it: files are given by their content.
 */
export function pluginCluster({ fields }: Named, ca: Buffer | undefined): Fields {
  const given = ["server", "tls-server-name", "insecure-skip-tls-verify", "proxy-url"];
  const extensions = Array.isArray(fields.extensions) ? fields.extensions.filter(isFields) : [];
  return {
    ...Object.fromEntries(given.map((name) => [name, fields[name]])),
    "certificate-authority-data": ca?.toString("base64"),
    config: extensions.find(({ name }) => name === EXTENSION)?.extension,
  };
}
