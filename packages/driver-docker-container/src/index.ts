import { defineDriver } from "@tsbx/core/driver";
import { checkEndpoint, openEngine } from "@tsbx/docker-engine";
import { containerHandle } from "./handle.ts";
import { options } from "./options.ts";
import { prepareNode } from "./prepare.ts";

/** The driver for a BuildKit in a Docker container of its own. */
export default defineDriver({
  name: "docker-container",
  summary: "a BuildKit in a Docker container of its own",
  options,
  endpoint: {
    required: false,
    doc: "the name of a docker context, or the daemon's URL; by default that of the current context",
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
  checkEndpoint,
  prepareNode,
  connect: (node, context) => containerHandle(openEngine(node.endpoint, context.env), node, context),
});
