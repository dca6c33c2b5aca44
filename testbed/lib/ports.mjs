import { readFileSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { join } from "node:path";
import { serverState } from "./server.mjs";

/** @typedef {import("./paths.mjs").BedPaths} BedPaths */

/**
 * A loopback port for one server, the same one on each `up` as long as nobody else takes it.
 * @param {BedPaths} bed
 * @param {string} key
 * @param {string} server     who listens on it: while that runs the port is its own
 * @param {number} [preferred]
 * @param {boolean} [required]  the preferred port was asked for by name: take it or fail
 */
export async function choosePort(bed, key, server, preferred, required = false) {
  const file = join(bed.root, "ports.json");
  const ports = readPorts(file);
  const known = ports[key];
  const running = serverState(bed, server).state === "running";
  if (known && running && (!required || known === preferred)) return known;
  const wanted = required || !known ? preferred : known;
  let port = wanted;
  if (!wanted || !(await isFree(wanted))) {
    if (required) throw new Error(`port ${preferred} for ${key} is taken by another process`);
    port = await freePort(new Set(Object.values(ports)));
  }
  ports[key] = /** @type {number} */ (port);
  writeFileSync(file, `${JSON.stringify(ports, null, 2)}\n`);
  return ports[key];
}

/**
 * @param {string} file
 * @returns {Record<string, number>}
 */
function readPorts(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {};
  }
}

/**
 * @param {number} port
 * @returns {Promise<number | undefined>} the port listened on for a moment, or nothing when it is taken
 */
function tryListen(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const got = typeof address === "object" && address ? address.port : undefined;
      server.close(() => resolve(got));
    });
  });
}

/** @param {number} port */
async function isFree(port) {
  return (await tryListen(port)) !== undefined;
}

/** @param {Set<number>} reserved  ports of our own servers that do not listen yet */
async function freePort(reserved) {
  for (;;) {
    const port = await tryListen(0);
    if (port === undefined) throw new Error("no free port on 127.0.0.1");
    if (!reserved.has(port)) return port;
  }
}

/**
 * Whether something accepts connections there.
 * @param {number | string} target  a loopback port or the path of a unix socket
 * @returns {Promise<boolean>}
 */
export function accepts(target) {
  return new Promise((resolve) => {
    const socket =
      typeof target === "number"
        ? createConnection({ host: "127.0.0.1", port: target })
        : createConnection({ path: target });
    socket.setTimeout(2000, () => done(false));
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
    /** @param {boolean} answer */
    function done(answer) {
      socket.destroy();
      resolve(answer);
    }
  });
}
