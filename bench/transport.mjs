// Our gRPC transport beside @grpc/grpc-js: one stream of messages to a server in the same process, over a unix
// socket. Prints a row per workload; the figures behind docs/decisions/0001.
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { coreInternals } from "./internals.mjs";
import { median } from "./median.mjs";

const RUNS = 5;
const WORKLOADS = [
  { name: "256 MiB in 32 KiB messages", count: 8192, size: 32 * 1024 },
  { name: "100,000 messages of 100 bytes", count: 100_000, size: 100 },
];
const PATH = "/bench.Bench/Send";
const identity = (/** @type {Buffer} */ bytes) => bytes;
const folder = mkdtempSync(join(tmpdir(), "tsbx-bench-"));
const { GrpcChannel, serveGrpc } = await coreInternals(folder, [
  "buildkit/transport/channel",
  "buildkit/transport/server",
]);

try {
  console.log("| workload | ours | @grpc/grpc-js | ratio |\n|---|---|---|---|");
  for (const workload of WORKLOADS) {
    const [ours, theirs] = [[], []];
    for (let run = 0; run <= RUNS; run++) {
      const pair = [await timeOurs(workload), await timeGrpcJs(workload)];
      // The first run warms both up.
      if (run === 0) continue;
      ours.push(pair[0]);
      theirs.push(pair[1]);
    }
    const [a, b] = [median(ours), median(theirs)];
    console.log(`| ${workload.name} | ${a.toFixed(0)} ms | ${b.toFixed(0)} ms | ${(a / b).toFixed(2)} |`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

async function timeOurs({ count, size }) {
  const socket = join(folder, "ours.sock");
  const handler = async (call) => {
    let received = 0;
    for await (const message of call.messages()) received += message.length;
    call.send(Buffer.from(String(received)));
  };
  const closers = [];
  const listener = createServer((peer) =>
    closers.push(serveGrpc(peer, { handlers: new Map([[PATH, handler]]) })),
  );
  await new Promise((resolve) => listener.listen(socket, () => resolve(undefined)));
  const channel = new GrpcChannel(connect(socket));
  const message = Buffer.alloc(size, 1);
  const start = performance.now();
  const call = channel.call(PATH);
  for (let i = 0; i < count; i++) if (!call.send(message)) await call.drained();
  call.end();
  for await (const answer of call.messages()) check(answer, count * size);
  const elapsed = performance.now() - start;
  channel.close();
  for (const close of closers) await close();
  listener.close();
  return elapsed;
}

async function timeGrpcJs({ count, size }) {
  const socket = join(folder, "grpc-js.sock");
  const definition = {
    path: PATH,
    requestStream: true,
    responseStream: false,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  };
  const server = new grpc.Server();
  server.addService(
    { Send: definition },
    {
      Send(call, done) {
        let received = 0;
        call.on("data", (message) => {
          received += message.length;
        });
        call.on("end", () => done(null, Buffer.from(String(received))));
      },
    },
  );
  const credentials = grpc.ServerCredentials.createInsecure();
  await new Promise((resolve, reject) =>
    server.bindAsync(`unix:${socket}`, credentials, (error) => (error ? reject(error) : resolve(undefined))),
  );
  const client = new grpc.Client(`unix:${socket}`, grpc.credentials.createInsecure());
  const message = Buffer.alloc(size, 1);
  const start = performance.now();
  await new Promise((resolve, reject) => {
    const call = client.makeClientStreamRequest(PATH, identity, identity, (error, answer) => {
      if (error) return reject(error);
      check(answer, count * size);
      resolve(undefined);
    });
    (async () => {
      for (let i = 0; i < count; i++) {
        if (!call.write(message)) await new Promise((drained) => call.once("drain", drained));
      }
      call.end();
    })();
  });
  const elapsed = performance.now() - start;
  client.close();
  server.forceShutdown();
  return elapsed;
}

function check(answer, expected) {
  if (Number(answer.toString()) !== expected) throw new Error(`received ${answer} bytes of ${expected}`);
}
