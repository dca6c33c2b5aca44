import { defineDriver, TsbxError } from "@tsbx/core/driver";
import { daemonHandle } from "./handle.ts";
import { options } from "./options.ts";
import { findBuildkitd } from "./programs.ts";

const ENDPOINT = "local";

/** The driver that runs a buildkitd of its own on this machine. */
export default defineDriver({
  name: "buildkitd",
  summary: "a buildkitd of its own on this machine, started on demand; without root when not root",
  options,
  endpoint: { required: false, doc: `always this machine: leave it out, or "${ENDPOINT}"` },
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
  async detect({ env }) {
    if (process.platform !== "linux") return undefined;
    return (await findBuildkitd(env)) === undefined ? undefined : ENDPOINT;
  },
  checkEndpoint(endpoint) {
    if (endpoint === ENDPOINT) return;
    throw new TsbxError(
      "UNSUPPORTED_ENDPOINT",
      `the buildkitd driver cannot use ${JSON.stringify(endpoint)}`,
      {
        hint: `It runs on this machine only: leave the endpoint out, or give "${ENDPOINT}".`,
      },
    );
  },
  connect(node, context) {
    if (process.platform !== "linux") {
      throw new TsbxError("UNSUPPORTED_PLATFORM", `buildkitd does not run on ${process.platform}`, {
        hint: "Use the docker-container driver, or the remote driver with a buildkitd on a Linux machine.",
      });
    }
    return daemonHandle(node, context);
  },
});
