import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A way to a server that can be cut. */
export interface Proxy {
  /** The server's URL by that way. */
  url: string;
  /** Ends all connections, and refuses others. */
  cut(): void;
  /** Lets nothing through any more, and takes connections. */
  hang(): void;
  /** Takes connections again. */
  restore(): Promise<void>;
}

/** @param server the URL of a server on a TCP port */
export async function startProxy(server: string): Promise<Proxy> {
  const { protocol, hostname, port } = new URL(server);
  const sockets = new Set<Socket>();
  let listener: Server | undefined;
  let hung = false;
  const listen = async (at: number) => {
    listener = createServer((inward) => {
      if (hung) sockets.add(inward.on("error", () => {}));
      else pass(inward, connect(Number(port), hostname), sockets);
    });
    listener.listen(at, "127.0.0.1");
    await once(listener, "listening");
    return (listener.address() as AddressInfo).port;
  };
  const own = await listen(0);
  return {
    url: `${protocol}//127.0.0.1:${own}`,
    cut() {
      listener?.close();
      listener = undefined;
      for (const socket of sockets) socket.destroy();
    },
    hang() {
      hung = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    async restore() {
      if (!listener) await listen(own);
    },
  };
}

function pass(inward: Socket, outward: Socket, sockets: Set<Socket>): void {
  for (const [socket, other] of [
    [inward, outward],
    [outward, inward],
  ] as const) {
    sockets.add(socket);
    socket
      .on("error", () => {})
      .on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    socket.pipe(other);
  }
}
