import {
  type DriverContext,
  isTsbxError,
  type NodeHandle,
  type NodeStatus,
  throwIfAborted,
} from "@tsbx/core/driver";
import { type Engine, engineImageStore, pushImage } from "@tsbx/docker-engine";
import { factsOf } from "./facts.ts";
import { buildkitVersion } from "./version.ts";

/** A node whose BuildKit is the daemon's own: it is neither started nor stopped. */
export function daemonHandle(engine: Engine, { credentials }: DriverContext): NodeHandle {
  return {
    status: (signal) => statusOf(engine, signal),
    async boot() {},
    async stop() {},
    async remove() {},
    dial: (signal) => engine.upgrade("/grpc", { protocol: "h2c", signal }),
    dialSession: (headers, signal) =>
      engine.upgrade("/session", { protocol: "h2c", headers: linesByName(headers), signal }),
    probe: async (daemon) => factsOf(await daemon.workers()),
    images: engineImageStore(engine),
    push: (reference, progress, signal) => pushImage(engine, reference, { credentials, progress, signal }),
    version: async (signal) => buildkitVersion(await dockerVersion(engine, signal)),
  };
}

async function statusOf(engine: Engine, signal: AbortSignal): Promise<NodeStatus> {
  try {
    const version = await dockerVersion(engine, signal);
    return { state: "running", detail: `${engine.description}, version ${version}` };
  } catch (error) {
    throwIfAborted(signal);
    if (!isTsbxError(error)) throw error;
    const detail = error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
    return { state: error.code === "ENGINE_UNREACHABLE" ? "inactive" : "error", detail };
  }
}

async function dockerVersion(engine: Engine, signal: AbortSignal): Promise<string> {
  const { Version } = await engine.json<{ Version: string }>("GET", "/version", { signal });
  return Version;
}

function linesByName(headers: ReadonlyArray<readonly [string, string]>): Record<string, string[]> {
  const lines: Record<string, string[]> = {};
  for (const [name, value] of headers) {
    lines[name] ??= [];
    lines[name].push(value);
  }
  return lines;
}
