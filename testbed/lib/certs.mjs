import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { needPackages } from "./apt.mjs";
import { run, say } from "./run.mjs";

/** @typedef {import("./paths.mjs").BedPaths} BedPaths */

const days = "825";
const renewSeconds = 7 * 24 * 3600;
const keyArgs = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

/**
 * Every certificate of the bed: two unrelated authorities, the second one for connections that must be refused.
 * @param {BedPaths} bed
 */
export function certPaths(bed) {
  const file = (/** @type {string} */ name) => join(bed.certs, name);
  return {
    ca: file("ca.pem"),
    caKey: file("ca-key.pem"),
    serverCert: file("server.pem"),
    serverKey: file("server-key.pem"),
    cert: file("client.pem"),
    key: file("client-key.pem"),
    wrongCa: file("wrong-ca.pem"),
    wrongCaKey: file("wrong-ca-key.pem"),
    wrongCert: file("wrong-client.pem"),
    wrongKey: file("wrong-client-key.pem"),
    tokenCert: file("token.pem"),
    tokenKey: file("token-key.pem"),
    adminCert: file("kube-admin.pem"),
    adminKey: file("kube-admin-key.pem"),
    managerCert: file("kube-controller-manager.pem"),
    managerKey: file("kube-controller-manager-key.pem"),
    schedulerCert: file("kube-scheduler.pem"),
    schedulerKey: file("kube-scheduler-key.pem"),
    kubeletCert: file("kubelet.pem"),
    kubeletKey: file("kubelet-key.pem"),
  };
}

/** @param {BedPaths} bed */
export async function ensureCerts(bed) {
  await needPackages("openssl");
  const path = certPaths(bed);
  if (await areGood(Object.values(path))) return path;
  say("making certificates");
  const san = "subjectAltName=DNS:localhost,IP:127.0.0.1";
  await authority(path.ca, path.caKey, "tsbx test bed");
  await authority(path.wrongCa, path.wrongCaKey, "tsbx test bed, wrong");
  // docker-registry takes the signer of tokens as its own root.
  await authority(path.tokenCert, path.tokenKey, "tsbx test bed tokens");
  await leaf(path.serverCert, path.serverKey, path.ca, path.caKey, "localhost", "serverAuth", san);
  await leaf(path.cert, path.key, path.ca, path.caKey, "client", "clientAuth");
  await leaf(path.wrongCert, path.wrongKey, path.wrongCa, path.wrongCaKey, "client", "clientAuth");
  for (const [cert, key, subject] of [
    [path.adminCert, path.adminKey, "/O=system:masters/CN=bed-admin"],
    [path.managerCert, path.managerKey, "/CN=system:kube-controller-manager"],
    [path.schedulerCert, path.schedulerKey, "/CN=system:kube-scheduler"],
    [path.kubeletCert, path.kubeletKey, "/O=system:nodes/CN=system:node:bed"],
  ]) {
    await leaf(String(cert), String(key), path.ca, path.caKey, String(subject), "clientAuth");
  }
  return path;
}

/** @param {string[]} files */
async function areGood(files) {
  if (!files.every((file) => existsSync(file))) return false;
  const certs = files.filter((file) => !file.endsWith("-key.pem"));
  const checks = certs.map((cert) =>
    run("openssl", ["x509", "-checkend", `${renewSeconds}`, "-noout", "-in", cert]),
  );
  return (await Promise.allSettled(checks)).every((check) => check.status === "fulfilled");
}

/**
 * @param {string} cert
 * @param {string} key
 * @param {string} name
 */
async function authority(cert, key, name) {
  const subject = ["-subj", `/CN=${name}`, "-days", days];
  await run("openssl", [
    "req",
    "-x509",
    ...keyArgs,
    "-keyout",
    `${key}.new`,
    "-out",
    `${cert}.new`,
    ...subject,
  ]);
  renameSync(`${key}.new`, key);
  renameSync(`${cert}.new`, cert);
}

/**
 * @param {string} cert
 * @param {string} key
 * @param {string} ca
 * @param {string} caKey
 * @param {string} name  a common name, or a whole subject
 * @param {string} usage
 * @param {string} [san]
 */
async function leaf(cert, key, ca, caKey, name, usage, san) {
  const extensions = `${cert}.ext`;
  writeFileSync(
    extensions,
    ["basicConstraints=CA:FALSE", `extendedKeyUsage=${usage}`, ...(san ? [san] : [])].join("\n"),
  );
  const request = await run("openssl", [
    "req",
    "-new",
    ...keyArgs,
    "-keyout",
    `${key}.new`,
    "-subj",
    name.startsWith("/") ? name : `/CN=${name}`,
  ]);
  const signing = ["-CA", ca, "-CAkey", caKey, "-CAcreateserial", "-days", days, "-extfile", extensions];
  await run("openssl", ["x509", "-req", ...signing, "-out", `${cert}.new`], { input: request });
  renameSync(`${key}.new`, key);
  renameSync(`${cert}.new`, cert);
  rmSync(extensions);
}
