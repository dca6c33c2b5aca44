// Makes a loopback port reachable at another address of this machine: `node forward.mjs ADDRESS PORT TARGET_PORT`.
import { createConnection, createServer } from "node:net";

const [address, port, target] = process.argv.slice(2);

createServer({ allowHalfOpen: true }, (client) => {
  const server = createConnection({ host: "127.0.0.1", port: Number(target), allowHalfOpen: true });
  client.pipe(server);
  server.pipe(client);
  client.on("error", () => server.destroy());
  server.on("error", () => client.destroy());
  client.on("close", () => server.destroy());
  server.on("close", () => client.destroy());
}).listen(Number(port), address);
