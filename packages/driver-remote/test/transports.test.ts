import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import remote from "../src/index.ts";
import { connect, never, speakHttp2 } from "./connect.ts";

const { unix, tcp, certs } = loadBed(["buildkitd"]).buildkitd;
const pair = { cert: certs.cert, key: certs.key };
const onLocalhost = (endpoint: string) => endpoint.replace("127.0.0.1", "localhost");

describe("each transport reaches the daemon", () => {
  test.each<[string, string, Record<string, string>]>([
    ["unix", unix, {}],
    ["tcp", tcp.plain, {}],
    ["TLS to an address", tcp.tls, { cacert: certs.ca }],
    ["TLS to a name", onLocalhost(tcp.tls), { cacert: certs.ca }],
    ["TLS with a server name", tcp.tls, { cacert: certs.ca, servername: "localhost" }],
    ["mTLS", tcp.mtls, { cacert: certs.ca, ...pair }],
  ])("%s", async (_name, endpoint, options) => {
    const handle = connect(endpoint, options);
    await speakHttp2(await handle.dial(never));
    expect(await handle.status(never)).toMatchObject({ state: "running" });
  });

  test("each dial is a connection of its own", async () => {
    const handle = connect(unix);
    const [one, two] = await Promise.all([handle.dial(never), handle.dial(never)]);
    one.destroy();
    await speakHttp2(two);
  });

  test("stop and remove leave the daemon alone", async () => {
    const handle = connect(unix);
    await handle.stop(never);
    await handle.remove({ keepState: false }, never);
    await speakHttp2(await handle.dial(never));
  });
});

describe("TLS refusals", () => {
  test.each<[string, string, string, Record<string, string>]>([
    ["a wrong authority", "TLS_UNKNOWN_CA", tcp.tls, { cacert: certs.wrongCa }],
    ["an authority this machine does not know", "TLS_UNKNOWN_CA", tcp.tls, { servername: "localhost" }],
    ["a wrong server name", "TLS_SERVER_NAME_MISMATCH", tcp.tls, { cacert: certs.ca, servername: "other" }],
    ["no client certificate", "TLS_CLIENT_CERT_REQUIRED", tcp.mtls, { cacert: certs.ca }],
    [
      "a client certificate of another authority",
      "TLS_CLIENT_CERT_REJECTED",
      tcp.mtls,
      { cacert: certs.ca, cert: certs.wrongCert, key: certs.wrongKey },
    ],
    ["the key of another certificate", "TLS_KEY_MISMATCH", tcp.mtls, { ...pair, key: certs.wrongKey }],
    ["no such file", "TLS_FILE_UNREADABLE", tcp.mtls, { cacert: "/nonexistent/ca.pem" }],
    ["a key where the authority should be", "TLS_FILE_INVALID", tcp.mtls, { cacert: certs.key }],
    ["a certificate where the key should be", "TLS_FILE_INVALID", tcp.mtls, { ...pair, key: certs.cert }],
    ["a server that speaks no TLS", "TLS_NOT_SPOKEN", tcp.plain, { cacert: certs.ca }],
  ])("%s: %s", async (_name, code, endpoint, options) => {
    const handle = connect(endpoint, options);
    await expect(handle.dial(never)).rejects.toMatchObject({ code, hint: expect.any(String) });
    expect(await handle.status(never)).toMatchObject({ state: "error" });
  });
});

describe("no daemon", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "tsbx-remote-"));
  });
  afterAll(() => rm(directory, { recursive: true }));

  async function expectUnreachable(endpoint: string, reason: string) {
    const handle = connect(endpoint);
    await expect(handle.dial(never)).rejects.toMatchObject({
      code: "DAEMON_UNREACHABLE",
      message: `cannot reach buildkitd at ${endpoint}: ${reason}`,
      hint: expect.any(String),
    });
    const status = await handle.status(never);
    expect(status.state).toBe("inactive");
    expect(status.detail).toContain(reason);
  }

  test("a missing socket", () => expectUnreachable(`unix://${directory}/none.sock`, "no such socket"));

  test("a file that is no socket", async () => {
    const file = join(directory, "file");
    await writeFile(file, "");
    await expectUnreachable(`unix://${file}`, "connection refused");
  });

  test("a port where nothing listens", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    await expectUnreachable(`tcp://127.0.0.1:${port}`, "connection refused");
  });

  test("a host name that does not exist", async () => {
    await expect(connect("tcp://host.invalid:1234").dial(never)).rejects.toMatchObject({
      code: "DAEMON_UNREACHABLE",
    });
  });
});

describe("a server that is silent", () => {
  let server: Server;
  let port: number;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => sockets.delete(socket));
      socket.resume();
      server.emit("arrival");
    });
    port = await listening(server.listen(0, "127.0.0.1"));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test.each<[string, Record<string, string>]>([
    ["status", {}],
    ["dial", { cacert: certs.ca }],
  ] as const)("%s is given up on abort, and leaves no connection", async (method, options) => {
    const abort = new AbortController();
    const arrival = new Promise((resolve) => server.once("arrival", resolve));
    const pending = connect(`tcp://127.0.0.1:${port}`, options)[method as "status" | "dial"](abort.signal);
    await Promise.race([arrival, pending]);
    abort.abort();
    await expect(pending).rejects.toMatchObject({ code: "ABORTED" });
    await expect.poll(() => sockets.size).toBe(0);
  });

  test("an aborted signal dials nothing", async () => {
    await expect(connect(`tcp://127.0.0.1:${port}`).dial(AbortSignal.abort())).rejects.toMatchObject({
      code: "ABORTED",
    });
    expect(sockets.size).toBe(0);
  });
});

test("proposes what BUILDKIT_HOST names", async () => {
  const context = (env: Record<string, string>) => ({ env, stateDir: "/nonexistent" });
  expect(await remote.detect?.(context({ BUILDKIT_HOST: unix }), never)).toBe(unix);
  expect(await remote.detect?.(context({}), never)).toBeUndefined();
});

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.once("listening", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
}
