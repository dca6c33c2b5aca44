import { defineDriver } from "@tsbx/core/driver";
import { checkEndpoint, engineImageStore, listContexts, openEngine } from "@tsbx/docker-engine";
import { capabilities, containerdStore } from "./capabilities.ts";
import { detectDaemon } from "./detect.ts";
import { daemonHandle } from "./handle.ts";

/** The driver for the BuildKit inside a Docker daemon. */
export default defineDriver({
  name: "docker",
  summary: "the BuildKit inside a Docker daemon, one builder for each docker context",
  options: {},
  endpoint: {
    required: false,
    doc: "the name of a docker context, or the daemon's URL; by default the current context",
  },
  capabilities,
  variants: [{ when: "with the containerd image store", capabilities: containerdStore }],
  implicitOnly: true,
  checkEndpoint,
  detect: ({ env }, signal) => detectDaemon(env, signal),
  async builders({ env }) {
    return (await listContexts(env)).map(({ name }) => ({ name, endpoint: name }));
  },
  connect: (node, context) => daemonHandle(openEngine(node.endpoint, context.env), context),
  imageStore: (target, { env }) => engineImageStore(openEngine(target, env)),
});
