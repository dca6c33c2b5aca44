// `node bench/floor.mjs [--runs N] [--work FOLDER]`: what the daemon needs of a client that needs nothing. The context
// of many files is in memory, as the messages that it is sent in; what is exported is not kept. Without start-up.
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadBed } from "../testbed/index.mjs";
import { changeOneFile, largeResult, manyFiles } from "./contexts.mjs";
import { daemonCpu } from "./daemon.mjs";
import { coreInternals } from "./internals.mjs";
import { median } from "./median.mjs";
import { surroundings } from "./places.mjs";

const SLAB = 256 * 1024;
const DIFF_COPY = "/moby.filesync.v1.FileSync/DiffCopy";
const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "5" },
    work: { type: "string", default: join(root, ".cache/bench") },
  },
});
const work = resolve(values.work);
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const core = await coreInternals(work, [
  "build/ref",
  "build/solve",
  "buildkit/control/client",
  "buildkit/fsync/filesync",
  "buildkit/fsync/go-mode",
  "buildkit/fsync/packet",
  "buildkit/fsync/stat-batch",
  "buildkit/fsync/walk",
  "buildkit/session/bytes-message",
  "buildkit/session/session",
  "buildkit/transport/channel",
  "gen/control",
]);
const up = spawnSync(process.execPath, [join(root, "testbed/bed.mjs"), "up", "images"], { stdio: "inherit" });
if (up.status !== 0) throw new Error("the test bed did not come up");
const around = await surroundings(loadBed(["registry"]), work);
const many = join(work, "many");
const large = join(work, "large");

try {
  console.log("| work | wall | client CPU | daemon CPU |\n|---|---|---|---|");
  manyFiles(many);
  await row("50,000 files, unchanged", {}, (first) => listing(many, first));
  await row("50,000 files, one changed", {}, () => {
    changeOneFile(many);
    return listing(many, true);
  });
  await row("50,000 files, cold", {}, () => {
    manyFiles(many);
    return listing(many, true);
  });
  largeResult(large, 1024);
  await row("tar export, 1 GiB, not kept", { exporters: [{ type: "tar", attrs: {} }] }, () =>
    noListing(large),
  );
} finally {
  await around.stop();
  rmSync(work, { recursive: true, force: true });
}

/** One run that is not counted, and then as many as are asked for. */
async function row(name, request, prepare) {
  const runs = [];
  for (let run = 0; run <= Number(values.runs); run++) {
    const usage = await build(request, prepare(run === 0));
    if (run > 0) runs.push(usage);
  }
  const figure = (of) => `${median(runs.map(of)).toFixed(2)} s`;
  console.log(
    `| ${name} | ${figure((r) => r.wall)} | ${figure((r) => r.client)} | ${figure((r) => r.daemon)} |`,
  );
}

/** A tree as it is sent: its listing, and each file's content under its number. */
function listing(folder, withContent) {
  const stats = [];
  const files = [];
  const batch = new core.StatBatch((bytes) => stats.push(bytes));
  for (const entry of core.walkTree(folder, { include: [], exclude: [], follow: [] })) {
    if (!entry) continue;
    batch.add(entry);
    const isFile = withContent && (entry.mode & core.GoMode.TYPE) === 0;
    files.push(isFile ? dataOf(files.length, readFileSync(join(folder, entry.path))) : undefined);
  }
  batch.flush();
  return { folder, stats, files };
}

/** Where only the Dockerfile is asked for. */
function noListing(folder) {
  return { folder, stats: [], files: [] };
}

/** The messages of a file: its data, and its end. */
function dataOf(id, content) {
  const bytes = Buffer.allocUnsafe(content.length + 2 * core.MAX_DATA_HEADER);
  let at = content.length > 0 ? core.writeDataHeader(bytes, 0, id, content.length) : 0;
  at += content.copy(bytes, at);
  return bytes.subarray(0, core.writeDataHeader(bytes, at, id, 0));
}

async function build(request, { folder, stats, files }) {
  const socket = connect(around.endpoint.slice("unix://".length));
  await once(socket, "connect");
  const channel = new core.GrpcChannel(socket);
  const real = core.fileSyncHandlers(
    new Map(["context", "dockerfile"].map((name) => [name, { root: folder }])),
  );
  const sync = (call) =>
    call.metadata.get("dir-name") === "context" &&
    stats.length > 0 &&
    call.metadata.getAll("followpaths").length === 0
      ? send(call, stats, files)
      : real.get(DIFF_COPY)(call);
  const handlers = new Map([
    [DIFF_COPY, sync],
    ["/moby.filesync.v1.FileSend/DiffCopy", discard],
  ]);
  try {
    return await timed(channel, handlers, folder, request);
  } finally {
    channel.close();
  }
}

async function timed(channel, handlers, folder, request) {
  const [ref, id] = [core.newRef(), core.newRef()];
  const { signal } = new AbortController();
  const before = { wall: performance.now(), client: process.cpuUsage(), daemon: daemonCpu(around.pid) };
  const session = await core.openSession(channel, { id, sharedKey: `floor ${folder}`, handlers }, signal);
  const solve = core.SolveRequest.fromPartial({
    ref,
    session: id,
    cache: { imports: [], exports: [] },
    ...request,
  });
  await core.runAsFrontend(new core.ControlClient(channel), solve, signal, (gateway) =>
    gateway.solve({ frontend: "dockerfile.v0", frontendOpt: {} }),
  );
  const client = process.cpuUsage(before.client);
  const usage = {
    wall: (performance.now() - before.wall) / 1000,
    client: (client.user + client.system) / 1e6,
    daemon: daemonCpu(around.pid) - before.daemon,
  };
  await session.close();
  return usage;
}

/** Sends what is asked for, of what is in memory. */
async function send(call, stats, files) {
  for (const bytes of stats) call.sendFramed(bytes);
  call.sendFramed(core.encodeEndOfListing());
  let waiting = [];
  let length = 0;
  const flush = () => {
    if (length > 0) call.sendFramed(Buffer.concat(waiting));
    waiting = [];
    length = 0;
  };
  for await (const message of call.messages()) {
    const { type, id, data } = core.decodePacket(message);
    if (type === core.PacketType.FIN) break;
    if (type === core.PacketType.ERR) throw new Error(data.toString());
    if (waiting.length === 0) setImmediate(flush);
    waiting.push(files[id]);
    length += files[id].length;
    if (length > SLAB) flush();
  }
  call.sendFramed(core.encodeFin());
}

async function discard(call) {
  for await (const batch of call.batches(core.bytesReader())) if (batch.length === 0) return;
}
