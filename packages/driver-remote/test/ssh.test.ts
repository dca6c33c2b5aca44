import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { loadBed } from "@tsbx/testbed";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connect, never, speakHttp2 } from "./connect.ts";

const run = promisify(execFile);
const { ssh } = loadBed(["ssh", "buildkitd"]);
const url = (port = ssh.port, path = ssh.socketPath) => `ssh://${ssh.user}@127.0.0.1:${port}${path}`;
const options = { identity: ssh.key, knownhosts: ssh.knownHosts };

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "tsbx-ssh-"));
  await mkdir(join(home, ".ssh"));
});
afterAll(() => rm(home, { recursive: true }));
afterEach(async () => {
  await rm(join(home, ".ssh", "config"), { force: true });
});

describe("reaches the daemon", () => {
  test("by forwarding to its socket", async () => {
    const handle = connect(url(), options);
    await speakHttp2(await handle.dial(never));
    expect(await handle.status(never)).toMatchObject({ state: "running" });
  });

  test.each([
    ["with the socket's path", ssh.socketPath],
    ["without", ""],
  ])("through buildctl dial-stdio where forwarding is forbidden, %s", async (_name, path) => {
    await speakHttp2(await connect(url(ssh.noForwardPort, path), options).dial(never));
  });

  test("with a key and its passphrase", async () => {
    const pairs = { ...options, identity: ssh.passphraseKey, "identity-passphrase-env": "KEY_PASSPHRASE" };
    await speakHttp2(await connect(url(), pairs, { KEY_PASSPHRASE: ssh.passphrase }).dial(never));
  });

  test("as ~/.ssh/config says", async () => {
    const config = `Host build\n HostName 127.0.0.1\n Port ${ssh.port}\n User ${ssh.user}\n IdentityFile ${ssh.key}\n UserKnownHostsFile ${ssh.knownHosts}\n`;
    await writeFile(join(home, ".ssh", "config"), config);
    await speakHttp2(await connect(`ssh://build${ssh.socketPath}`, {}, { HOME: home }).dial(never));
  });

  test("past configured key files that are of no use", async () => {
    const files = ["/nonexistent/id", `${ssh.key}.pub`, ssh.passphraseKey, ssh.key];
    const config = ["Host *", ...files.map((file) => `IdentityFile ${file}`)].join("\n");
    await writeFile(join(home, ".ssh", "config"), config);
    await speakHttp2(await connect(url(), { knownhosts: ssh.knownHosts }, { HOME: home }).dial(never));
  });

  test("with a host name that known_hosts hashes", async () => {
    const file = join(home, "hashed");
    await writeFile(file, await readFile(ssh.knownHosts));
    await run("ssh-keygen", ["-H", "-f", file]);
    expect(await readFile(file, "utf8")).not.toContain("127.0.0.1");
    await speakHttp2(await connect(url(), { ...options, knownhosts: file }).dial(never));
  });

  test("with several known_hosts files, of which one knows the host", async () => {
    const knownhosts = `${join(home, "none")}:${ssh.knownHosts}`;
    await speakHttp2(await connect(url(), { ...options, knownhosts }).dial(never));
  });

  describe("with the agent's key", () => {
    let agent: ChildProcess;
    let socket: string;
    beforeAll(async () => {
      socket = join(home, "agent.sock");
      agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "inherit"] });
      await once(agent.stdout!, "data");
      await run("ssh-add", [ssh.key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    });
    afterAll(async () => {
      agent.kill();
      await once(agent, "exit");
    });

    test("alone", async () => {
      const handle = connect(url(), { knownhosts: ssh.knownHosts }, { SSH_AUTH_SOCK: socket });
      await speakHttp2(await handle.dial(never));
    });

    test("after a key file that the host does not take", async () => {
      const pairs = { ...options, identity: ssh.unauthorizedKey };
      await speakHttp2(await connect(url(), pairs, { SSH_AUTH_SOCK: socket }).dial(never));
    });
  });

  test("with a key file when the agent is gone", async () => {
    const env = { SSH_AUTH_SOCK: join(home, "no-agent.sock") };
    await speakHttp2(await connect(url(), options, env).dial(never));
  });
});

test("carries much data both ways, and half-closes", async () => {
  const path = join(home, "echo.sock");
  // What a daemon says first: an empty SETTINGS frame.
  const greeting = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  const echo = createServer({ allowHalfOpen: true }, (socket) => {
    socket.write(greeting);
    socket.pipe(socket);
  });
  await once(echo.listen(path), "listening");
  try {
    const stream = await connect(url(ssh.port, path), options).dial(never);
    const blocks = Array.from({ length: 32 }, () => randomBytes(1024 * 1024));
    Readable.from(blocks).pipe(stream);
    const received = createHash("sha256");
    for await (const chunk of stream) received.update(chunk);
    expect(received.digest("hex")).toBe(
      createHash("sha256")
        .update(Buffer.concat([greeting, ...blocks]))
        .digest("hex"),
    );
  } finally {
    echo.close();
  }
});

describe("refusals", () => {
  test.each<[string, string, Record<string, string>, Record<string, string>]>([
    ["a changed host key", "SSH_HOST_KEY_MISMATCH", { ...options, knownhosts: ssh.wrongKnownHosts }, {}],
    ["an unknown host", "SSH_HOST_KEY_UNKNOWN", { ...options, knownhosts: "/nonexistent/known_hosts" }, {}],
    ["a key the host does not take", "SSH_AUTH_FAILED", { ...options, identity: ssh.unauthorizedKey }, {}],
    ["a key with a passphrase", "SSH_KEY_ENCRYPTED", { ...options, identity: ssh.passphraseKey }, {}],
    [
      "a wrong passphrase",
      "SSH_KEY_ENCRYPTED",
      { ...options, identity: ssh.passphraseKey, "identity-passphrase-env": "P" },
      { P: "wrong" },
    ],
    [
      "a passphrase variable that is not set",
      "INVALID_DRIVER_OPTION",
      { ...options, "identity-passphrase-env": "P" },
      {},
    ],
    ["a public key", "SSH_KEY_INVALID", { ...options, identity: `${ssh.key}.pub` }, {}],
    ["a key file that is not there", "SSH_KEY_UNREADABLE", { ...options, identity: "/nonexistent/id" }, {}],
    ["no key at all", "SSH_NO_IDENTITY", { knownhosts: ssh.knownHosts }, {}],
  ])("%s: %s", async (_name, code, pairs, env) => {
    await expect(connect(url(), pairs, env).dial(never)).rejects.toMatchObject({
      code,
      hint: expect.any(String),
    });
  });

  test("the hint about an unknown host is the line that makes it known", async () => {
    const handle = connect(url(), { ...options, knownhosts: join(home, "empty") });
    const error = await handle.dial(never).catch((error) => error);
    const listed = await run("ssh-keygen", ["-l", "-F", `[127.0.0.1]:${ssh.port}`, "-f", ssh.knownHosts]);
    expect(error.message).toContain(/SHA256:\S+/.exec(listed.stdout)?.[0]);
    const knownhosts = join(home, "learned");
    await writeFile(knownhosts, /: (\[127.*)$/.exec(error.hint)![1]!);
    await speakHttp2(await connect(url(), { ...options, knownhosts }).dial(never));
  });

  test("a changed host key is told with file and line", async () => {
    const handle = connect(url(), { ...options, knownhosts: ssh.wrongKnownHosts });
    await expect(handle.dial(never)).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`${ssh.wrongKnownHosts}:\\d+$`)),
    });
  });

  test("no daemon's socket there: both ways are told", async () => {
    await expect(connect(url(ssh.port, "/nonexistent.sock"), options).dial(never)).rejects.toMatchObject({
      code: "DAEMON_UNREACHABLE",
      message: expect.stringMatching(
        /does not forward to \/nonexistent.sock .*dial-stdio.*nonexistent.sock/s,
      ),
    });
  });

  test("a proxy in ~/.ssh/config", async () => {
    await writeFile(join(home, ".ssh", "config"), "Host *\nProxyJump bastion\n");
    await expect(connect(url(), options, { HOME: home }).dial(never)).rejects.toMatchObject({
      code: "SSH_CONFIG_UNSUPPORTED",
    });
  });
});

describe("connections end", () => {
  let relay: Server;
  let port: number;
  let knownhosts: string;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    relay = createServer((socket) => {
      sockets.add(socket);
      const onward = createConnection(ssh.port, "127.0.0.1");
      socket.pipe(onward).pipe(socket);
      socket
        .on("error", () => {})
        .on("close", () => {
          sockets.delete(socket);
          onward.destroy();
        });
      onward.on("error", () => socket.destroy());
      onward.on("data", () => relay.emit("answer"));
    });
    await once(relay.listen(0, "127.0.0.1"), "listening");
    const address = relay.address();
    port = typeof address === "object" && address ? address.port : 0;
    knownhosts = join(home, "relay");
    const known = await readFile(ssh.knownHosts, "utf8");
    await writeFile(knownhosts, known.replaceAll(`:${ssh.port} `, `:${port} `));
  });
  afterAll(() => new Promise((resolve) => relay.close(resolve)));
  const dial = (signal = never) => connect(url(port), { ...options, knownhosts }).dial(signal);

  test("with their stream", async () => {
    const stream = await dial();
    expect(sockets.size).toBe(1);
    stream.destroy();
    await expect.poll(() => sockets.size).toBe(0);
  });

  test("with HTTP/2 over them", async () => {
    await speakHttp2(await dial());
    await expect.poll(() => sockets.size).toBe(0);
  });

  test("after a refusal", async () => {
    const refused = connect(url(port), { ...options, knownhosts: ssh.wrongKnownHosts }).dial(never);
    await expect(refused).rejects.toMatchObject({ code: "SSH_HOST_KEY_UNKNOWN" });
    await expect.poll(() => sockets.size).toBe(0);
  });

  test.each([1, 2, 3, 4, 5, 6, 7])("on abort at the host's answer number %i", async (stage) => {
    const abort = new AbortController();
    let answers = 0;
    const count = () => {
      if (++answers === stage) abort.abort();
    };
    relay.on("answer", count);
    try {
      await expect(dial(abort.signal)).rejects.toMatchObject({ code: "ABORTED" });
      await expect.poll(() => sockets.size).toBe(0);
    } finally {
      relay.off("answer", count);
    }
  });

  test("and their stream with them, when the network is lost", async () => {
    const stream = await dial();
    const closed = once(stream, "close");
    stream.resume();
    for (const socket of sockets) socket.destroy();
    await closed;
    expect(stream.destroyed).toBe(true);
  });
});
