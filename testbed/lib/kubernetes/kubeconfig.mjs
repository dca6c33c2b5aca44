import { writeFileSync } from "node:fs";

/**
 * Writes a kubeconfig with one context; JSON is YAML.
 * @param {string} path
 * @param {{ server: string, ca: string, namespace?: string, user: Record<string, string> }} options  `user` as in a
 *   kubeconfig
 */
export function writeKubeconfig(path, { server, ca, namespace, user }) {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "bed", cluster: { server, "certificate-authority": ca } }],
    users: [{ name: "bed", user }],
    contexts: [{ name: "bed", context: { cluster: "bed", user: "bed", ...(namespace && { namespace }) } }],
    "current-context": "bed",
  };
  writeFileSync(path, JSON.stringify(config, null, 2), { mode: 0o600 });
  return path;
}
