import {
  type DriverContext,
  isTsbxError,
  type NodeConfig,
  type NodeHandle,
  type NodeStatus,
  throwIfAborted,
} from "@tsbx/core/driver";
import { containerLogs, type Engine, engineImageStore } from "@tsbx/docker-engine";
import { bootContainer } from "./boot/boot.ts";
import {
  type ContainerState,
  inspectContainer,
  removeContainer,
  removeVolume,
  stopContainer,
} from "./container/container.ts";
import { dialContainer } from "./dial.ts";
import { containerName, volumeName } from "./names.ts";
import { daemonVersion } from "./version.ts";

const LOG_LINES = 100;

/** A node whose BuildKit is in a container of its own. */
export function containerHandle(engine: Engine, node: NodeConfig, context: DriverContext): NodeHandle {
  const name = containerName(node.name);
  return {
    status: (signal) => statusOf(engine, name, signal),
    boot: (progress, signal) => bootContainer({ engine, node, context, progress, signal }),
    stop: (signal) => stopContainer(engine, name, signal),
    async remove({ keepState }, signal) {
      await removeContainer(engine, name, signal);
      if (!keepState) await removeVolume(engine, volumeName(node.name), signal);
    },
    dial: (signal) => dialContainer(engine, name, signal),
    images: engineImageStore(engine),
    defaultLoad: node.options["default-load"] === true,
    version: (signal) => daemonVersion(engine, name, signal),
    logs: (signal) => containerLogs(engine, name, LOG_LINES, signal),
  };
}

async function statusOf(engine: Engine, name: string, signal: AbortSignal): Promise<NodeStatus> {
  try {
    const state = await inspectContainer(engine, name, signal);
    if (!state) return { state: "inactive", detail: `there is no container ${name} yet` };
    return { state: STATES[state.Status], detail: describe(name, state) };
  } catch (error) {
    throwIfAborted(signal);
    if (!isTsbxError(error)) throw error;
    const detail = error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
    return { state: "error", detail };
  }
}

const STATES: Readonly<Record<ContainerState["Status"], NodeStatus["state"]>> = {
  created: "stopped",
  running: "running",
  paused: "stopped",
  restarting: "starting",
  removing: "stopping",
  exited: "stopped",
  dead: "error",
};

function describe(name: string, { Status, ExitCode, Error: error }: ContainerState): string {
  const how = Status === "exited" && ExitCode !== 0 ? ` with exit code ${ExitCode}` : "";
  return `container ${name} is ${Status}${how}${error && `: ${error}`}`;
}
