// A buildkitd for the benchmarks alone: what they leave in its cache ends with it.
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const PATIENCE_MS = 20_000;

/**
 * @param {string} folder
 * @param {{ tools: { buildkitd: string, runc: string }, mirror: string, debugAddress?: string }} options
 *   `debugAddress`, `host:port`, is for the daemon's own profiler
 */
export async function startDaemon(folder, { tools, mirror, debugAddress }) {
  mkdirSync(folder, { recursive: true });
  const socket = join(folder, "buildkitd.sock");
  const config = join(folder, "buildkitd.toml");
  writeFileSync(
    config,
    `[registry."docker.io"]\n  mirrors = ["${mirror}"]\n[registry."${mirror}"]\n  http = true\n`,
  );
  const log = openSync(join(folder, "buildkitd.log"), "w");
  const args = ["--config", config, "--root", join(folder, "root"), "--addr", `unix://${socket}`];
  args.push("--oci-worker-binary", tools.runc, "--containerd-worker=false", "--oci-worker=true");
  args.push("--otel-socket-path", join(folder, "otel.sock"));
  if (debugAddress) args.push("--debugaddr", debugAddress);
  const child = spawn(tools.buildkitd, args, { stdio: ["ignore", log, log] });
  closeSync(log);
  const exited = new Promise((resolve) => child.once("exit", resolve));
  for (const end = performance.now() + PATIENCE_MS; !(await answers(socket)); await delay(100)) {
    if (child.exitCode !== null || performance.now() > end)
      throw new Error(`buildkitd did not start: ${folder}`);
  }
  return {
    pid: child.pid,
    endpoint: `unix://${socket}`,
    async stop() {
      child.kill("SIGTERM");
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * What a process and those of its children that have ended have used of the processors, in seconds.
 * @param {number} pid
 */
export function daemonCpu(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name before, in parentheses, may have spaces. In hundredths of a second, on every Linux that Node runs on.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100;
}

function answers(path) {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
