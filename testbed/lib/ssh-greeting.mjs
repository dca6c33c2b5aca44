import { createConnection } from "node:net";

/**
 * Whether an ssh server introduces itself on a loopback port.
 * @param {number} port
 * @returns {Promise<boolean>}
 */
export function greets(port) {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.setTimeout(2000, () => done(false));
    socket.once("data", (data) => done(data.toString("latin1").startsWith("SSH-2.0")));
    socket.once("error", () => done(false));
    socket.once("close", () => done(false));
    /** @param {boolean} answer */
    function done(answer) {
      socket.destroy();
      resolve(answer);
    }
  });
}
