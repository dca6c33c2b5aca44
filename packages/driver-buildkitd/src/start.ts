import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, rename } from "node:fs/promises";
import {
  type BootProgress,
  type DriverContext,
  isTsbxError,
  type NodeConfig,
  TsbxError,
  withDeadline,
} from "@tsbx/core/driver";
import { daemonCommand } from "./command.ts";
import { writeConfigFiles } from "./config-files.ts";
import { untilServing } from "./health.ts";
import type { Layout } from "./layout.ts";
import { tail } from "./log.ts";
import { identify } from "./process-identity.ts";
import { findPrograms } from "./programs.ts";
import { writeRecord } from "./record.ts";
import { findRootlessPrograms } from "./rootless.ts";
import { makeSocketDirectory } from "./sockets.ts";
import { stopDaemon } from "./stop.ts";

const READY_MS = 30_000;
const LOG_EXCERPT = 2048;
const START_FAILED = "BUILDKITD_START_FAILED";

/**
 * Starts the node's daemon, which outlives this process, and waits until it answers. The caller holds the lock.
 * @throws TsbxError `BUILDKITD_START_FAILED` with the last lines of its log, or what names a missing program
 */
export async function startDaemon(
  node: NodeConfig,
  context: DriverContext,
  layout: Layout,
  progress: BootProgress,
  signal: AbortSignal,
): Promise<void> {
  const programs = await findPrograms(context.env, node.options);
  const rootlesskit =
    process.getuid?.() === 0
      ? undefined
      : await findRootlessPrograms(context.env, node.options, programs.buildkitd);
  for (const directory of [layout.root, layout.temporary]) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  }
  await makeSocketDirectory(layout);
  const configFile = await writeConfigFiles(layout, node.files);
  const command = daemonCommand({
    programs,
    layout,
    configFile,
    ...(rootlesskit === undefined ? {} : { rootlesskit }),
    flags: node.buildkitdFlags ?? [],
  });
  progress(`starting ${rootlesskit === undefined ? "buildkitd" : "buildkitd without root"}`);
  const child = await spawnDaemon(command, layout, context);
  try {
    const identity = await identify(child.pid!);
    if (identity !== undefined) await writeRecord(layout, identity);
    await withDeadline(READY_MS, signal, tooSlow, (either) =>
      untilServing(layout.socket, () => throwIfEnded(child), either),
    );
  } catch (error) {
    const log = await tail(layout.log, LOG_EXCERPT);
    // Ended also when the caller has lost interest: half a start is not left behind.
    await stopDaemon(layout, new AbortController().signal);
    // When it could not be recorded, that has not ended it.
    child.kill("SIGKILL");
    throw isTsbxError(error) && error.code === START_FAILED ? withLog(error, log, layout) : error;
  }
}

async function spawnDaemon(
  [command, ...args]: readonly [string, ...string[]],
  layout: Layout,
  context: DriverContext,
): Promise<ChildProcess> {
  await rename(layout.log, layout.previousLog).catch(() => {});
  const log = await open(layout.log, "w", 0o600);
  try {
    const child = spawn(command, args, {
      cwd: layout.config,
      // Without root, runc keeps its state there; its other choice is a directory of root's.
      env: { XDG_RUNTIME_DIR: layout.sockets, ...context.env, TMPDIR: layout.temporary },
      // A session of its own, so that it outlives this process and its terminal.
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    await once(child, "spawn");
    child.unref();
    return child;
  } catch (cause) {
    throw new TsbxError(START_FAILED, `cannot start ${command}: ${String(cause)}`, {
      hint: "Check that the file is a program for this machine.",
      cause,
    });
  } finally {
    await log.close();
  }
}

function throwIfEnded(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) return;
  const how = child.signalCode
    ? `was ended by ${child.signalCode}`
    : `ended with exit code ${child.exitCode}`;
  throw new TsbxError(START_FAILED, `buildkitd ${how} while it was starting`);
}

function tooSlow(): TsbxError {
  return new TsbxError(START_FAILED, `buildkitd did not answer within ${READY_MS / 1000} s`);
}

function withLog(error: TsbxError, log: string, layout: Layout): TsbxError {
  return new TsbxError(START_FAILED, `${error.message}; its log ends with:\n${log.trimEnd()}`, {
    hint: `The whole log is ${layout.log}.`,
  });
}
