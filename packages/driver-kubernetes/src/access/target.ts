import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { type DriverContext, TsbxError } from "@tsbx/core/driver";
import { inClusterTarget, SERVICE_ACCOUNT } from "./in-cluster.ts";
import { type Kubeconfig, type Named, readKubeconfig, stringField } from "./kubeconfig.ts";

/** An API server, who we are to it, and where we work. */
export interface Target {
  /** Where this was found, for messages: `context dev of /home/me/.kube/config`. */
  source: string;
  cluster: Named;
  user: Named;
  namespace: string;
}

/** How to find a {@link Target}. Everything is optional. */
export interface TargetRequest {
  /** In the form of KUBECONFIG; files that are named must exist. */
  kubeconfig?: string;
  context?: string;
  namespace?: string;
  /** Directory of a pod's service account. Default: where Kubernetes puts it. */
  serviceAccount?: string;
}

const DEFAULT_NAMESPACE = "default";

/**
 * Finds the API server: in the kubeconfig asked for, that of KUBECONFIG, ~/.kube/config, or, inside a pod, by
 * its service account.
 * @throws TsbxError `KUBERNETES_NOT_CONFIGURED`, `INVALID_KUBECONFIG`, `KUBERNETES_CONTEXT_UNKNOWN`
 */
export async function findTarget(request: TargetRequest, env: DriverContext["env"]): Promise<Target> {
  const named = request.kubeconfig || env.KUBECONFIG;
  const files = named ? named.split(delimiter).filter((file) => file !== "") : [defaultFile(env)];
  const config = await readKubeconfig(files);
  if (config === undefined && named) throw missing(files);
  const context = config && (request.context ?? config.currentContext);
  if (config && context) return targetOf(config, context, request.namespace);
  const { serviceAccount = SERVICE_ACCOUNT } = request;
  const inCluster = request.context === undefined ? await inClusterTarget(env, serviceAccount) : undefined;
  if (inCluster) return { ...inCluster, namespace: request.namespace ?? inCluster.namespace };
  throw notConfigured(files, config !== undefined);
}

function targetOf(config: Kubeconfig, contextName: string, namespace: string | undefined): Target {
  const source = `context ${contextName} of ${config.files.join(delimiter)}`;
  const context = config.contexts.find(({ name }) => name === contextName);
  if (!context) {
    throw new TsbxError(
      "KUBERNETES_CONTEXT_UNKNOWN",
      `the kubeconfig ${config.files.join(delimiter)} has no context ${contextName}`,
      { hint: `It has: ${config.contexts.map(({ name }) => name).join(", ") || "none"}.` },
    );
  }
  const find = (list: readonly Named[], field: "cluster" | "user") => {
    const wanted = stringField(context.fields, field);
    return list.find(({ name }) => name === wanted);
  };
  const cluster = find(config.clusters, "cluster");
  if (!cluster || stringField(cluster.fields, "server") === undefined) {
    throw new TsbxError("INVALID_KUBECONFIG", `${source} names no cluster with a server`, {
      hint: "Check it with: kubectl config view",
    });
  }
  return {
    source,
    cluster,
    user: find(config.users, "user") ?? { name: "", directory: context.directory, fields: {} },
    namespace: namespace ?? stringField(context.fields, "namespace") ?? DEFAULT_NAMESPACE,
  };
}

function defaultFile(env: DriverContext["env"]): string {
  return join(env.HOME || env.USERPROFILE || homedir(), ".kube", "config");
}

function missing(files: readonly string[]): TsbxError {
  return new TsbxError("KUBERNETES_NOT_CONFIGURED", `there is no kubeconfig ${files.join(delimiter)}`, {
    hint: "The builder was created with this file: create it anew with another KUBECONFIG, or bring the file back.",
  });
}

function notConfigured(files: readonly string[], there: boolean): TsbxError {
  const found = there ? `${files[0]} has no current context` : `there is no ${files[0]}`;
  return new TsbxError("KUBERNETES_NOT_CONFIGURED", `no Kubernetes cluster is configured: ${found}`, {
    hint: "Set KUBECONFIG, or choose a context with --driver-opt context=NAME.",
  });
}
