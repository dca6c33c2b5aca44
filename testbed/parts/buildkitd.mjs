import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { needPackages } from "../lib/apt.mjs";
import { disableArm64, enableArm64 } from "../lib/binfmt.mjs";
import { buildkitdToml } from "../lib/buildkitd-toml.mjs";
import { ensureCerts } from "../lib/certs.mjs";
import { chooseSnapshotter, unmountBelow } from "../lib/mounts.mjs";
import { sources } from "../lib/paths.mjs";
import { accepts, choosePort } from "../lib/ports.mjs";
import { run } from "../lib/run.mjs";
import { startServer } from "../lib/server.mjs";
import { ensureTools } from "../lib/tools.mjs";

/** @typedef {import("../lib/paths.mjs").BedPaths} BedPaths */

/** @type {import("../lib/parts.mjs").Part} */
export const buildkitd = {
  name: "buildkitd",
  section: "buildkitd",
  needs: ["tools", "registry"],
  servers: ["buildkitd", "proxy"],
  async up(bed, sections) {
    if (process.getuid?.() !== 0)
      throw new Error("the buildkitd part needs root: it mounts and starts containers");
    // The daemon runs them to fetch git contexts.
    await needPackages("git", "openssh-client");
    const tools = await ensureTools(["buildkitd", "buildctl", "runc"]);
    const certs = await ensureCerts(bed);
    // Before the daemon starts: it looks once for the platforms it can run.
    await enableArm64(bed);
    const { plain, tlsAuth, token } = sections.registry;
    const root = join(bed.data, "buildkitd");
    mkdirSync(root, { recursive: true });
    const socket = join(bed.sockets, "buildkitd.sock");
    const port = await choosePort(bed, "buildkitd", "buildkitd");
    const config = join(bed.run, "buildkitd.toml");
    writeFileSync(
      config,
      buildkitdToml({
        root,
        socket,
        port,
        tls: { ca: certs.ca, cert: certs.serverCert, key: certs.serverKey },
        runc: tools.runc,
        snapshotter: await chooseSnapshotter(bed),
        otelSocket: join(bed.sockets, "otel.sock"),
        mirror: plain.host,
        tlsRegistries: [tlsAuth.host, token.host].flatMap((host) => [
          host,
          host.replace("127.0.0.1", "localhost"),
        ]),
        registryCa: certs.ca,
      }),
    );
    const { pid, log } = await startServer(bed, {
      name: "buildkitd",
      command: tools.buildkitd,
      args: ["--config", config],
      files: [config, certs.serverCert, certs.ca],
      ready: () => isServing(tools.buildctl, socket),
    });
    const ports = await serveProxy(bed, socket, certs);
    const { ca, cert, key, wrongCa, wrongCert, wrongKey } = certs;
    return {
      buildkitd: {
        unix: `unix://${socket}`,
        tcp: {
          plain: `tcp://127.0.0.1:${ports.plain}`,
          tls: `tcp://127.0.0.1:${ports.tls}`,
          mtls: `tcp://127.0.0.1:${port}`,
        },
        certs: { ca, cert, key, wrongCa, wrongCert, wrongKey },
        root,
        pid,
        log,
      },
    };
  },
  async down(bed) {
    // Without root it was never up, and what other beds share is not to be touched.
    if (process.getuid?.() !== 0) return;
    await unmountBelow(bed.root);
    await disableArm64(bed);
    for (const name of ["buildkitd.sock", "otel.sock"]) rmSync(join(bed.sockets, name), { force: true });
  },
};

/**
 * @param {string} buildctl
 * @param {string} socket
 */
async function isServing(buildctl, socket) {
  if (!(await accepts(socket))) return false;
  // It listens before its worker is up; only an answer about workers says that builds are served.
  return run(buildctl, ["--addr", `unix://${socket}`, "--timeout", "5", "debug", "workers"]).then(
    (table) => table.includes("linux/"),
    () => false,
  );
}

/**
 * @param {BedPaths} bed
 * @param {string} socket
 * @param {Awaited<ReturnType<typeof ensureCerts>>} certs
 */
async function serveProxy(bed, socket, certs) {
  const plain = await choosePort(bed, "proxy-plain", "proxy");
  const tls = await choosePort(bed, "proxy-tls", "proxy");
  const file = join(bed.run, "proxy.config.json");
  const { serverCert: cert, serverKey: key } = certs;
  writeFileSync(file, JSON.stringify({ socket, plainPort: plain, tlsPort: tls, cert, key }));
  const script = join(sources, "servers/proxy.mjs");
  await startServer(bed, {
    name: "proxy",
    command: process.execPath,
    args: [script, file],
    files: [file, script, cert],
    ready: async () => (await accepts(plain)) && (await accepts(tls)),
  });
  return { plain, tls };
}
