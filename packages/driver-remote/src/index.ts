import { defineDriver } from "@tsbx/core/driver";
import { dialer } from "./dial.ts";
import { parseEndpoint } from "./endpoint.ts";
import { remoteHandle } from "./handle.ts";
import { options } from "./options.ts";

/** The driver for a buildkitd that someone else runs, reached over a unix socket, TCP, TLS or ssh. */
export default defineDriver({
  name: "remote",
  summary: "a buildkitd that someone else runs, reached over a unix socket, TCP, TLS or ssh",
  options,
  endpoint: {
    required: true,
    doc: "unix:///path/to/socket, tcp://host:port or ssh://[user@]host[:port][/path/to/socket]",
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
  connect: (node, context) => remoteHandle(dialer(node, context)),
});
