import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type BuilderNode, build, openNode } from "@tsbx/core";
import { loadBed } from "@tsbx/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import driver from "../src/index.ts";

const { docker, registry, ssh } = loadBed(["docker", "registry", "ssh"]);
const { tcp, certPath, wrongCertPath } = docker.containerd;
const never = new AbortController().signal;
const sshUrl = `ssh://${ssh.user}@${ssh.host}:${ssh.port}`;
const tls = { DOCKER_HOST: tcp, DOCKER_TLS_VERIFY: "1" };

let work: string;
/** A folder of PEM files with a client certificate, and none of an authority. */
let clientPair: string;
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "tsbx-transports-"));
  clientPair = await mkdtemp(join(work, "pair-"));
  for (const name of ["cert.pem", "key.pem"]) await copyFile(join(certPath, name), join(clientPair, name));
});
afterAll(() => rm(work, { recursive: true }));

/** The node of an environment's current context, in a Docker configuration of its own. */
function nodeAt(env: Readonly<Record<string, string>>): BuilderNode {
  const request = { builder: "b", name: "n" };
  const usual = { PATH: process.env.PATH ?? "", DOCKER_CONFIG: work };
  return openNode(driver, request, { env: { ...usual, ...env }, stateDir: work });
}

/** Has Docker's own command line make a context. */
async function createContext(
  name: string,
  settings: Record<string, string>,
): Promise<{ DOCKER_CONTEXT: string }> {
  const docker = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  await promisify(execFile)(ssh.docker, ["context", "create", name, "--docker", docker.join(",")], {
    env: { HOME: work, DOCKER_CONFIG: work },
  });
  return { DOCKER_CONTEXT: name };
}

const pemFiles = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((file) => [file.replace(".pem", ""), join(folder, file)]));

/** An environment whose ssh has these settings in place of what this machine's user has. */
async function sshEnvironment(settings: Record<string, string> = {}): Promise<{ PATH: string }> {
  const folder = await mkdtemp(join(work, "ssh-"));
  const config = {
    IdentityFile: ssh.key,
    IdentitiesOnly: "yes",
    UserKnownHostsFile: ssh.knownHosts,
    BatchMode: "yes",
    ...settings,
  };
  const lines = Object.entries(config).map(([name, value]) => `${name} ${value}\n`);
  await writeFile(join(folder, "config"), lines.join(""));
  await writeFile(join(folder, "ssh"), `#!/bin/sh\nPATH="\${PATH#*:}" exec ssh -F '${folder}/config' "$@"\n`);
  await chmod(join(folder, "ssh"), 0o755);
  return { PATH: `${folder}:${process.env.PATH}` };
}

test.each<[string, () => Promise<Record<string, string>>]>([
  ["TLS, by DOCKER_HOST", async () => ({ ...tls, DOCKER_CERT_PATH: certPath })],
  ["TLS, by a context", () => createContext("tls", { host: tcp, ...pemFiles(certPath) })],
  [
    "TLS that verifies nothing, by DOCKER_HOST",
    async () => ({ DOCKER_HOST: tcp, DOCKER_TLS: "1", DOCKER_CERT_PATH: clientPair }),
  ],
  [
    "TLS that verifies nothing, by a context",
    () => createContext("unverified", { host: tcp, ...pemFiles(clientPair), "skip-tls-verify": "true" }),
  ],
  [
    "ssh, to a socket of its own, by DOCKER_HOST",
    async () => ({
      ...(await sshEnvironment()),
      DOCKER_HOST: sshUrl + docker.classic.unix.slice("unix://".length),
    }),
  ],
  [
    "ssh, by a context",
    async () => ({ ...(await sshEnvironment()), ...(await createContext("ssh", { host: sshUrl })) }),
  ],
])("over %s: builds at once, with context, RUN and result", async (_, environment) => {
  const node = nodeAt(await environment());
  try {
    expect(await node.handle.status(never)).toMatchObject({ state: "running" });
    const folders = await Promise.all([1, 2].map(() => mkdtemp(join(work, "build-"))));
    await Promise.all(folders.map((folder) => buildIn(folder, node)));
  } finally {
    await node.close();
  }
});

/** Builds in a folder with a file larger than any window or buffer on the way, in both directions. */
async function buildIn(folder: string, node: BuilderNode): Promise<void> {
  const content = randomBytes(3 * 1024 * 1024);
  await writeFile(join(folder, "file"), content);
  const dockerfile =
    "FROM busybox AS copy\nCOPY file /in\nRUN cp /in /out\nFROM scratch\nCOPY --from=copy /out /file\n";
  const run = build(node, {
    context: folder,
    dockerfile: { content: dockerfile },
    outputs: [{ type: "local", dest: join(folder, "out") }],
  });
  await run.result;
  expect((await readFile(join(folder, "out/file"))).equals(content)).toBe(true);
}

describe("a connection that cannot be made", () => {
  const ENGINE_TLS_FAILED = {
    code: "ENGINE_TLS_FAILED",
    hint: expect.stringMatching(/TLS|DOCKER_CERT_PATH/),
  };

  test.each<[string, () => Promise<Record<string, string>>, object]>([
    [
      "a client certificate of an authority that the daemon does not know",
      async () => ({ ...tls, DOCKER_CERT_PATH: wrongCertPath }),
      ENGINE_TLS_FAILED,
    ],
    [
      "no client certificate",
      () => createContext("no-cert", { host: tcp, ca: join(certPath, "ca.pem") }),
      ENGINE_TLS_FAILED,
    ],
    [
      "a daemon of an authority that is not known",
      async () => ({ ...tls, DOCKER_CERT_PATH: clientPair }),
      ENGINE_TLS_FAILED,
    ],
    ["no TLS where the port wants it", async () => ({ DOCKER_HOST: tcp }), ENGINE_TLS_FAILED],
    [
      "TLS where the port has none",
      async () => ({ ...tls, DOCKER_HOST: `tcp://${registry.plain.host}`, DOCKER_CERT_PATH: certPath }),
      ENGINE_TLS_FAILED,
    ],
    [
      "ssh with a key that is not known",
      async () => ({ DOCKER_HOST: sshUrl, ...(await sshEnvironment({ IdentityFile: ssh.unauthorizedKey })) }),
      {
        code: "ENGINE_UNREACHABLE",
        message: expect.stringContaining("Permission denied"),
        hint: expect.stringContaining(`ssh -p ${ssh.port} ${ssh.user}@127.0.0.1 docker version`),
      },
    ],
    [
      "ssh with another host's key",
      async () => ({
        DOCKER_HOST: sshUrl,
        ...(await sshEnvironment({ UserKnownHostsFile: ssh.wrongKnownHosts })),
      }),
      { code: "ENGINE_UNREACHABLE", message: expect.stringContaining("Host key verification failed") },
    ],
    [
      "no Docker behind ssh",
      async () => ({ DOCKER_HOST: `${sshUrl}/no/such.sock`, ...(await sshEnvironment()) }),
      { code: "ENGINE_UNREACHABLE", message: expect.stringContaining("/no/such.sock") },
    ],
    ["no ssh on this machine", async () => ({ DOCKER_HOST: sshUrl, PATH: work }), { code: "SSH_NOT_FOUND" }],
  ])("%s", async (_, environment, expected) => {
    const node = nodeAt(await environment());
    await expect(node.client()).rejects.toMatchObject({ ...expected, node: "n" });
    expect(await node.handle.status(never)).toMatchObject({ detail: expect.stringMatching(/\w/) });
  });
});
