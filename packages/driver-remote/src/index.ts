import { defineDriver } from "@tsbx/core/driver";
import { dialer } from "./dial.ts";
import { parseEndpoint } from "./endpoint.ts";
import { remoteHandle } from "./handle.ts";
import { options } from "./options.ts";

/** The driver for a buildkitd that someone else runs. */
export default defineDriver({
  name: "remote",
  summary: "a buildkitd that someone else runs: on a socket, over TLS or ssh, in a container or a pod",
  options,
  endpoint: {
    required: true,
    doc: "unix:///path/to/socket, tcp://host:port, ssh://[user@]host[:port][/path/to/socket], docker-container://name[?context=] or kube-pod://name[?context=&namespace=&container=]; by default BUILDKIT_HOST",
  },
  capabilities: {
    autoLoad: false,
    load: true,
    cacheExport: "all",
    dockerTarball: true,
    ociTarball: true,
    multiPlatform: true,
    attestations: true,
    buildkitConfig: "external",
  },
  async detect({ env }) {
    return env.BUILDKIT_HOST || undefined;
  },
  async prepareNode(node, { env }) {
    return env.BUILDKIT_HOST && !node.endpoint ? { ...node, endpoint: env.BUILDKIT_HOST } : node;
  },
  checkEndpoint(endpoint) {
    parseEndpoint(endpoint);
  },
  connect: (node, context) => remoteHandle(dialer(node, context), node.options["default-load"] === true),
});
