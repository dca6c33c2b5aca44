import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dump, load } from "js-yaml";
import { kubernetes } from "./namespace.ts";

interface Kubeconfig {
  clusters: { name: string; cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
  contexts: { name: string; context: { cluster: string; user: string; namespace?: string } }[];
  "current-context": string;
}

/** What a kubeconfig of the bed has in its current context. */
export async function bedContext(file: string = kubernetes.kubeconfig) {
  const config = load(await readFile(file, "utf8")) as Kubeconfig;
  const { context } = config.contexts.find(({ name }) => name === config["current-context"])!;
  const { cluster } = config.clusters.find(({ name }) => name === context.cluster)!;
  const { user } = config.users.find(({ name }) => name === context.user)!;
  return { cluster, user };
}

/**
 * Writes a kubeconfig as that of the bed's administrator, with other fields of its cluster or another user.
 * @returns its path
 */
export async function writeKubeconfig(
  directory: string,
  other: { cluster?: object; user?: object },
): Promise<string> {
  const { cluster, user } = await bedContext();
  const config = {
    clusters: [{ name: "c", cluster: { ...cluster, ...other.cluster } }],
    users: [{ name: "u", user: other.user ?? user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  const file = join(directory, randomUUID());
  await writeFile(file, dump(config, { skipInvalid: true }));
  return file;
}
