import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { needPackages } from "../lib/apt.mjs";
import { ensureCerts } from "../lib/certs.mjs";
import { httpStatus } from "../lib/http.mjs";
import { sources } from "../lib/paths.mjs";
import { choosePort } from "../lib/ports.mjs";
import { writeRegistryConfig } from "../lib/registry-config.mjs";
import { findCommand, run } from "../lib/run.mjs";
import { startServer } from "../lib/server.mjs";

/** @typedef {import("../lib/paths.mjs").BedPaths} BedPaths */

const account = { user: "bed", password: "bed password, with: a colon" };
const tokenAccount = { user: "bed-token", password: "another bed password" };
const service = "tsbx test bed";
const issuer = "tsbx test bed tokens";

/** @type {import("../lib/parts.mjs").Part} */
export const registry = {
  name: "registry",
  section: "registry",
  needs: [],
  servers: ["registry-plain", "registry-tls", "registry-token", "token-server"],
  async up(bed) {
    await needPackages("docker-registry", "apache2-utils");
    const certs = await ensureCerts(bed);
    const tls = { certificate: certs.serverCert, key: certs.serverKey };
    const asked = process.env.TSBX_BED_REGISTRY_PORT;

    const plainPort = await choosePort(
      bed,
      "registry-plain",
      "registry-plain",
      Number(asked || 5000),
      Boolean(asked),
    );
    await serve(bed, "registry-plain", plainPort, 200);

    const tlsPort = await choosePort(bed, "registry-tls", "registry-tls");
    const htpasswd = { realm: "tsbx test bed", path: await htpasswdFile(bed) };
    await serve(bed, "registry-tls", tlsPort, 401, { tls, auth: { htpasswd } }, certs.ca);

    const realm = await serveTokens(bed, certs);
    const tokenPort = await choosePort(bed, "registry-token", "registry-token");
    const token = { realm, service, issuer, rootcertbundle: certs.tokenCert };
    await serve(bed, "registry-token", tokenPort, 401, { tls, auth: { token } }, certs.ca);

    const tokenAuth = { ...tokenAccount, ca: certs.ca, realm, log: join(bed.log, "token-requests.jsonl") };
    return {
      registry: {
        plain: { host: `127.0.0.1:${plainPort}` },
        tlsAuth: { host: `127.0.0.1:${tlsPort}`, ...account, ca: certs.ca },
        token: { host: `127.0.0.1:${tokenPort}`, ...tokenAuth },
      },
    };
  },
  async down() {},
};

/**
 * @param {BedPaths} bed
 * @param {string} name
 * @param {number} port
 * @param {number} status  what `/v2/` answers without credentials
 * @param {Parameters<typeof writeRegistryConfig>[3]} [options]
 * @param {string} [ca]
 */
async function serve(bed, name, port, status, options, ca) {
  const config = writeRegistryConfig(bed, name, port, options);
  const url = `${ca ? "https" : "http"}://127.0.0.1:${port}/v2/`;
  await startServer(bed, {
    name,
    command: /** @type {string} */ (findCommand("docker-registry")),
    args: ["serve", config],
    files: [config, ...(options?.tls ? [options.tls.certificate] : [])],
    // The registry exports traces when these are set on the machine.
    env: { OTEL_TRACES_EXPORTER: "none" },
    ready: async () => (await httpStatus(url, { ca })) === status,
  });
}

/** @param {BedPaths} bed */
async function htpasswdFile(bed) {
  const file = join(bed.data, "htpasswd");
  mkdirSync(bed.data, { recursive: true });
  // Salted anew on each call, so a rewrite would look like a changed configuration.
  if (!existsSync(file)) {
    writeFileSync(file, await run("htpasswd", ["-niB", account.user], { input: account.password }), {
      mode: 0o600,
    });
  }
  return file;
}

/**
 * @param {BedPaths} bed
 * @param {Awaited<ReturnType<typeof ensureCerts>>} certs
 */
async function serveTokens(bed, certs) {
  const port = await choosePort(bed, "token-server", "token-server");
  const file = join(bed.run, "token-server.config.json");
  const { tokenCert, tokenKey } = certs;
  const log = join(bed.log, "token-requests.jsonl");
  const keys = { cert: certs.serverCert, key: certs.serverKey, tokenCert, tokenKey };
  writeFileSync(file, JSON.stringify({ port, ...keys, issuer, service, ...tokenAccount, log }), {
    mode: 0o600,
  });
  const script = join(sources, "servers/token-server.mjs");
  await startServer(bed, {
    name: "token-server",
    command: process.execPath,
    args: [script, file],
    files: [file, script, certs.serverCert, tokenCert],
    ready: async () => (await httpStatus(`https://127.0.0.1:${port}/health`, { ca: certs.ca })) === 200,
  });
  return `https://127.0.0.1:${port}/token`;
}
