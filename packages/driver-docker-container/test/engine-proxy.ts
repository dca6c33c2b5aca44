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
 * @param onPassing called before it passes
 * @returns the endpoint
 */
export async function startEngineProxy(onPassing: (passing: Passing) => void): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "tsbx-engine-"));
  const path = join(directory, "docker.sock");
  const sockets = new Set<Socket>();
  const server = createServer((inward) => {
    const outward = createConnection(endpoint.slice("unix://".length));
    let request: string | undefined;
    // As listeners they come before the pipes.
    inward.on("data", (chunk) => {
      const [, method, target] = /^([A-Z]+) \/v[\d.]+(\/[^ ?]*)/.exec(chunk.toString("latin1")) ?? [];
      if (!method) return;
      request = `${method} ${target}`;
      onPassing({ request, answered: false });
    });
    outward.on("data", () => {
      if (request) onPassing({ request, answered: true });
      request = undefined;
    });
    for (const [socket, other] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => other.destroy());
      socket.pipe(other);
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
