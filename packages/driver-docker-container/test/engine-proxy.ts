import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { endpoint } from "./engine.ts";

/** What passes a proxy: a request (`POST /containers/create`), or the beginning of the answer to it. */
export interface Passing {
  request: string;
  answered: boolean;
}

/**
 * A socket in front of the bed's daemon, until the test ends.
 * @param onPassing called before it passes, which a request does not when it returns "hold"
 * @returns the endpoint
 */
export async function startEngineProxy(onPassing: (passing: Passing) => "hold" | undefined): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "tsbx-engine-"));
  const path = join(directory, "docker.sock");
  const sockets = new Set<Socket>();
  const server = createServer((inward) => {
    const outward = createConnection(endpoint.slice("unix://".length));
    let request: string | undefined;
    inward.on("data", (chunk) => {
      const [, method, target] = /^([A-Z]+) \/v[\d.]+(\/[^ ?]*)/.exec(chunk.toString("latin1")) ?? [];
      if (method) {
        request = `${method} ${target}`;
        if (onPassing({ request, answered: false }) === "hold") return;
      }
      outward.write(chunk);
    });
    outward.on("data", (chunk) => {
      if (request) onPassing({ request, answered: true });
      request = undefined;
      inward.write(chunk);
    });
    for (const [socket, other] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      sockets.add(socket);
      socket
        .on("error", () => {})
        .on("end", () => other.end())
        .on("close", () => other.destroy());
    }
  });
  server.listen(path);
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await rm(directory, { recursive: true });
  });
  return `unix://${path}`;
}
