// @ts-check
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Duplex } from "node:stream";
import {
  awaitServerPreface,
  defineDriver,
  isTsbxError,
  TsbxError,
  throwIfAborted,
  withDeadline,
} from "@tsbx/core/driver";

const STDERR_LIMIT = 4096;

/** @param {string} endpoint */
function parseCommand(endpoint) {
  const [program, ...args] = endpoint.split(/\s+/).filter(Boolean);
  if (program) return { program, args };
  throw new TsbxError("UNSUPPORTED_ENDPOINT", "the endpoint of a command node is empty", {
    hint: "Give a command, such as: podman exec -i buildkitd buildctl dial-stdio",
  });
}

/**
 * @param {import("@tsbx/core/driver").NodeConfig} node
 * @param {import("@tsbx/core/driver").DriverContext} context
 * @returns {import("@tsbx/core/driver").NodeHandle}
 */
function connect({ endpoint = "", options }, { env }) {
  const timeout = Number(options.timeout);
  const silent = () => new TsbxError("DAEMON_UNREACHABLE", `${endpoint} said nothing for ${timeout} ms`);

  /** @param {AbortSignal} signal of {@link withDeadline} */
  async function run(signal) {
    const { program, args } = parseCommand(endpoint);
    const command = spawn(program, args, { env: { ...env } });
    const closed = once(command, "close", { signal }).catch((error) => stream.destroy(error));
    const stream = Duplex.from({ readable: command.stdout, writable: command.stdin });
    stream.on("error", () => {}).on("close", () => command.kill());
    let stderr = "";
    command.stderr.on("data", (bytes) => {
      stderr = (stderr + bytes).slice(-STDERR_LIMIT);
    });
    try {
      await awaitServerPreface(stream, endpoint, signal);
      return stream;
    } catch (cause) {
      await closed;
      signal.throwIfAborted();
      const reason = stderr.trim() || String(cause);
      throw new TsbxError("DAEMON_UNREACHABLE", `no buildkitd behind ${endpoint}: ${reason}`, { cause });
    }
  }

  /** @param {AbortSignal} signal */
  const dial = (signal) => withDeadline(timeout, signal, silent, run);
  return {
    dial,
    async status(signal) {
      try {
        (await dial(signal)).destroy();
        return { state: "running", detail: endpoint };
      } catch (error) {
        throwIfAborted(signal);
        return { state: "inactive", detail: isTsbxError(error) ? error.message : String(error) };
      }
    },
    // Others start the daemon, stop it and remove it.
    async boot() {},
    async stop() {},
    async remove() {},
  };
}

export default defineDriver({
  name: "command",
  summary: "a buildkitd behind the standard streams of a command",
  endpoint: {
    required: true,
    doc: "a command without quotes, such as: podman exec -i buildkitd buildctl dial-stdio",
  },
  options: {
    timeout: {
      type: "duration",
      default: 10_000,
      doc: "How long the command may take until buildkitd answers through it.",
      check: (value) => (Number(value) > 0 ? undefined : "a duration above 0"),
    },
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
  checkEndpoint: parseCommand,
  connect,
});
