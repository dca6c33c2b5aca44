import { createServer } from "node:http";

/**
 * Serves on a loopback port of its own. What a handler throws becomes a status 500 and is kept for `close`.
 * @param {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => unknown} handler
 */
export async function listen(handler) {
  /** @type {unknown[]} */
  const errors = [];
  const server = createServer(async (request, response) => {
    try {
      await handler(request, response);
    } catch (error) {
      errors.push(error);
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    }
  });
  // A client may send on a connection just as it is given up, and Go's does not repeat what it posts.
  server.keepAliveTimeout = 0;
  await /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve))
  );
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    host: `127.0.0.1:${port}`,
    /** Ends it, with the connections that are open; throws what went wrong in it. */
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (errors.length > 0) throw errors[0];
    },
  };
}
