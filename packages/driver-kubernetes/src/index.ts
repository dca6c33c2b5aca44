import { defineDriver } from "@tsbx/core/driver";
import { parseEndpoint } from "./endpoint.ts";
import { podsHandle } from "./handle.ts";
import { options } from "./options.ts";
import { prepareNode } from "./prepare.ts";

/** The driver that runs BuildKit in the pods of a Kubernetes cluster. */
export default defineDriver({
  name: "kubernetes",
  summary: "BuildKit in the pods of a Kubernetes cluster, one or many for a builder",
  options,
  endpoint: {
    required: false,
    doc: "made out of the builder's name and KUBECONFIG: leave it out, and choose with --driver-opt context=... and namespace=...",
  },
  capabilities: {
    autoLoad: false,
    load: true,
    cacheExport: "all",
    dockerTarball: true,
    ociTarball: true,
    multiPlatform: true,
    attestations: true,
    buildkitConfig: "yes",
  },
  async prepareNode(node, context) {
    return prepareNode(node, context);
  },
  checkEndpoint(endpoint) {
    parseEndpoint(endpoint);
  },
  connect: podsHandle,
});
