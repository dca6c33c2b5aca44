// Further ways to the daemon's unix socket: `node proxy.mjs CONFIG.json`. The daemon's own TLS setting holds for
// all of its TCP listeners, so plain TCP and TLS without a client certificate are served here.
import { readFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";

/** @type {{ socket: string, plainPort: number, tlsPort: number, cert: string, key: string }} */
const config = JSON.parse(readFileSync(String(process.argv[2]), "utf8"));

/** @param {import("node:net").Socket} client */
function forward(client) {
  const daemon = createConnection({ path: config.socket, allowHalfOpen: true });
  client.setNoDelay(true);
  client.pipe(daemon);
  daemon.pipe(client);
  client.on("error", () => daemon.destroy());
  daemon.on("error", () => client.destroy());
  client.on("close", () => daemon.destroy());
  daemon.on("close", () => client.destroy());
}

createServer({ allowHalfOpen: true }, forward).listen(config.plainPort, "127.0.0.1");

createTlsServer(
  {
    cert: readFileSync(config.cert),
    key: readFileSync(config.key),
    // Go's gRPC clients refuse a server that does not agree on HTTP/2 by ALPN.
    ALPNProtocols: ["h2"],
    allowHalfOpen: true,
  },
  forward,
)
  .on("tlsClientError", () => {})
  .listen(config.tlsPort, "127.0.0.1");
