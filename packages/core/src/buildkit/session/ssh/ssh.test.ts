import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CheckAgentRequest } from "../../../gen/ssh.ts";
import { memoryStreamPair } from "../../transport/memory-stream.ts";
import { Metadata } from "../../transport/metadata.ts";
import { bytesMessageData, bytesMessageHeader } from "../bytes-message.ts";
import { servedCall } from "../served-call.test.support.ts";
import { sshHandlers } from "./handlers.ts";
import type { SshSource } from "./source.ts";

const FORWARD = "/moby.sshforward.v1.SSH/ForwardAgent";
const CHECK = "/moby.sshforward.v1.SSH/CheckAgent";
const hasOpenSsh = spawnSync("ssh-add", ["-h"]).error === undefined;

let base: string;
let cleanups: Array<() => unknown>;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "tsbx-ssh-"));
  cleanups = [];
});

afterEach(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  rmSync(base, { recursive: true, force: true });
});

function listen(path: string, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, onConnection);
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return new Promise((resolve) => server.listen(path, () => resolve(server)));
}

/** A socket as a build step has it: every connection becomes a ForwardAgent call. */
async function stepSocket(source: SshSource): Promise<{ path: string; failures: unknown[] }> {
  const path = join(base, "step.sock");
  const failures: unknown[] = [];
  const handlers = await sshHandlers({ default: source }, { cwd: base });
  await listen(path, (socket) => {
    const { client, server } = memoryStreamPair(Metadata.of([["buildkit.ssh.id", "default"]]), FORWARD);
    socket.on("data", (data: Buffer) => client.send(bytesMessageHeader(data.length), data));
    socket.on("end", () => client.end());
    socket.on("error", () => {});
    const answering = (async () => {
      for await (const message of client.messages()) socket.write(bytesMessageData(message));
      socket.end();
    })();
    const serving = handlers.get(FORWARD)!(server)
      .catch((error: unknown) => failures.push(error))
      .finally(() => server.end());
    cleanups.push(() => Promise.all([answering, serving]));
  });
  return { path, failures };
}

async function run(command: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env }, cwd: base });
  let output = "";
  child.stdout.on("data", (data) => {
    output += data;
  });
  child.stderr.on("data", (data) => {
    output += data;
  });
  const [code] = (await once(child, "close")) as [number];
  return { code, output };
}

const KEYS: Array<[string, string[]]> = [
  ["ed25519", ["-t", "ed25519"]],
  ["rsa", ["-t", "rsa", "-b", "2048"]],
  ["ecdsa 256", ["-t", "ecdsa", "-b", "256"]],
  ["ecdsa 384", ["-t", "ecdsa", "-b", "384"]],
  ["ecdsa 521", ["-t", "ecdsa", "-b", "521"]],
  ["rsa in PEM", ["-t", "rsa", "-b", "2048", "-m", "PEM"]],
  ["rsa in PKCS #8", ["-t", "rsa", "-b", "2048", "-m", "PKCS8"]],
  ["ecdsa in PEM", ["-t", "ecdsa", "-b", "256", "-m", "PEM"]],
];

function makeKey(args: string[], passphrase = ""): string {
  const path = join(base, "key");
  const { status, stderr } = spawnSync("ssh-keygen", [
    "-q",
    "-N",
    passphrase,
    "-C",
    "comment",
    "-f",
    path,
    ...args,
  ]);
  expect(status, String(stderr)).toBe(0);
  return path;
}

/** Lets OpenSSH sign with what is behind a socket and verify the result. */
async function signs(socket: string): Promise<boolean> {
  const publicKey = readFileSync(join(base, "key.pub"), "utf8").trim();
  writeFileSync(join(base, "allowed"), `me ${publicKey.split(" ").slice(0, 2).join(" ")}\n`);
  writeFileSync(join(base, "text"), "text to sign");
  const env = { SSH_AUTH_SOCK: socket };
  const signed = await run("ssh-keygen", ["-Y", "sign", "-f", "key.pub", "-n", "file", "text"], env);
  expect(signed.output).toContain("Write signature");
  const verified = spawnSync(
    "ssh-keygen",
    ["-Y", "verify", "-f", "allowed", "-I", "me", "-n", "file", "-s", "text.sig"],
    { cwd: base, input: "text to sign" },
  );
  return verified.status === 0;
}

describe.runIf(hasOpenSsh)("key files", () => {
  test.each(KEYS)("%s: listed and signed with, as OpenSSH sees it", async (_, args) => {
    const path = makeKey(args);
    const publicKey = readFileSync(`${path}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
    const { path: socket, failures } = await stepSocket({ keys: ["key"] });
    // With only the public half left, a signature can come from nowhere but the agent.
    rmSync(path);
    const listed = await run("ssh-add", ["-L"], { SSH_AUTH_SOCK: socket });
    expect(listed.output).toContain(publicKey);
    expect(await signs(socket)).toBe(true);
    const deleted = await run("ssh-add", ["-D"], { SSH_AUTH_SOCK: socket });
    expect(deleted.code).not.toBe(0);
    expect(failures).toEqual([]);
  });

  test.each([
    ["OpenSSH", ["-t", "ed25519"]],
    ["PEM", ["-t", "rsa", "-b", "2048", "-m", "PEM"]],
    ["PKCS #8", ["-t", "rsa", "-b", "2048", "-m", "PKCS8"]],
  ])("one with a passphrase in %s", async (_, args) => {
    const path = makeKey(args, "secret");
    await expect(sshHandlers({ id: { keys: [path] } }, { cwd: base })).rejects.toMatchObject({
      code: "SSH_KEY_ENCRYPTED",
      hint: expect.stringContaining("ssh-add") as string,
    });
  });

  test("one that is damaged", async () => {
    const path = makeKey(["-t", "ed25519"]);
    const lines = readFileSync(path, "utf8").split("\n");
    for (const broken of [
      lines[0],
      [lines[0], "AAAA", lines.at(-2)].join("\n"),
      lines.toSpliced(2, 1).join("\n"),
    ]) {
      writeFileSync(path, broken!);
      const opened = sshHandlers({ id: { keys: ["key"] } }, { cwd: base });
      await expect(opened).rejects.toMatchObject({ code: "INVALID_SSH" });
    }
  });
});

describe.runIf(hasOpenSsh)("an agent of the user's", () => {
  async function startAgent(): Promise<string> {
    const socket = join(base, "agent.sock");
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "ignore"] });
    cleanups.push(async () => {
      agent.kill();
      if (agent.exitCode === null && agent.signalCode === null) await once(agent, "exit");
    });
    await once(agent.stdout, "data");
    const key = makeKey(["-t", "ed25519"]);
    expect((await run("ssh-add", [key], { SSH_AUTH_SOCK: socket })).code).toBe(0);
    return socket;
  }

  test("lists and signs, and is not changed", async () => {
    const agent = await startAgent();
    const { path: socket } = await stepSocket({ agent });
    const env = { SSH_AUTH_SOCK: socket };
    const direct = await run("ssh-add", ["-L"], { SSH_AUTH_SOCK: agent });
    expect(await run("ssh-add", ["-L"], env)).toEqual(direct);
    expect(await signs(socket)).toBe(true);
    for (const args of [["-D"], ["-d", "key.pub"], ["key"]]) {
      expect((await run("ssh-add", args, env)).code, args.join(" ")).not.toBe(0);
    }
    expect(await run("ssh-add", ["-L"], { SSH_AUTH_SOCK: agent })).toEqual(direct);
  });

  test("is changed when it is forwarded raw", async () => {
    const agent = await startAgent();
    const { path: socket } = await stepSocket({ agent, raw: true });
    expect((await run("ssh-add", ["-D"], { SSH_AUTH_SOCK: socket })).code).toBe(0);
    expect((await run("ssh-add", ["-L"], { SSH_AUTH_SOCK: agent })).output).toContain("no identities");
  });
});

describe("forwarding", () => {
  test.each([
    ["a length beyond all sense", [0xff, 0xff, 0xff, 0xff, 11]],
    ["an empty message", [0, 0, 0, 0]],
  ])("%s ends the call, and nothing else", async (_, bytes) => {
    const agent = join(base, "agent.sock");
    await listen(agent, (socket) => socket.resume());
    const handlers = await sshHandlers({ default: { agent } }, { cwd: base });
    const data = Buffer.from(bytes);
    const message = Buffer.concat([bytesMessageHeader(data.length), data]);
    await expect(servedCall(handlers, FORWARD, [message])).rejects.toThrow("ssh agent message");
  });

  test("an agent that hangs up ends the call", async () => {
    const agent = join(base, "agent.sock");
    await listen(agent, (socket) => socket.end());
    const handlers = await sshHandlers({ default: { agent } }, { cwd: base });
    const { server } = memoryStreamPair(Metadata.of([]), FORWARD);
    await handlers.get(FORWARD)!(server);
  });

  test("an agent that is gone fails the call", async () => {
    const agent = join(base, "agent.sock");
    const server = await listen(agent, () => {});
    const handlers = await sshHandlers({ default: { agent } }, { cwd: base });
    server.close();
    await once(server, "close");
    await expect(servedCall(handlers, FORWARD, [])).rejects.toThrow(/ENOENT|ECONNREFUSED/);
  });

  test("requests may come in any pieces", async () => {
    const agent = join(base, "agent.sock");
    await listen(agent, (socket) => {
      socket.on("data", (data) => socket.write(data));
      socket.on("end", () => socket.end());
    });
    const handlers = await sshHandlers({ default: { agent } }, { cwd: base });
    const list = Buffer.from([0, 0, 0, 1, 11]);
    const remove = Buffer.from([0, 0, 0, 1, 19]);
    const bytes = Buffer.concat([list, remove, list]);
    const messages = Array.from(bytes, (byte) => Buffer.from([0x0a, 1, byte]));
    const answers = (await servedCall(handlers, FORWARD, messages)).map(bytesMessageData);
    const all = Buffer.concat(answers).toString("hex");
    expect(all.split("0000000105").length - 1).toBe(1);
    expect(all.split("000000010b").length - 1).toBe(2);
    expect(all).not.toContain("0000000113");
  });
});

describe("answers", () => {
  const message = (bytes: Buffer) => Buffer.concat([bytesMessageHeader(bytes.length), bytes]);
  const LIST = Buffer.from([0, 0, 0, 1, 11]);
  const REMOVE_ALL = Buffer.from([0, 0, 0, 1, 19]);
  const REFUSED = "0000000105";

  test("come in the order of their requests, with refusals in their places", async () => {
    const agent = join(base, "agent.sock");
    await listen(agent, (socket) => {
      socket.on("data", (data) => {
        // In two writes, so that there is a gap that nothing else may slip into.
        socket.write(data.subarray(0, 3), () => socket.write(data.subarray(3)));
      });
      socket.on("end", () => socket.end());
    });
    const handlers = await sshHandlers({ default: { agent } }, { cwd: base });
    const requests = message(Buffer.concat([LIST, REMOVE_ALL, LIST, REMOVE_ALL]));
    const answers = (await servedCall(handlers, FORWARD, [requests])).map(bytesMessageData);
    const list = LIST.toString("hex");
    expect(Buffer.concat(answers).toString("hex")).toBe(list + REFUSED + list + REFUSED);
  });

  test.each(["agent", "keys"])("that nobody reads hold back requests to %s", async (kind) => {
    const agent = join(base, "agent.sock");
    await listen(agent, (socket) => socket.pipe(socket));
    const source: SshSource = kind === "agent" ? { agent } : { keys: [] };
    const handlers = await sshHandlers({ default: source }, { cwd: base });
    const { client, server } = memoryStreamPair(Metadata.of([]), FORWARD);
    let unread = 0;
    let full = () => {};
    const held = new Promise<void>((resolve) => {
      full = resolve;
    });
    const send = server.send.bind(server);
    server.send = (...parts) => {
      unread++;
      const more = send(...parts);
      if (!more) full();
      return more;
    };
    const requests = 1000;
    client.send(message(Buffer.concat(Array.from({ length: requests }, () => REMOVE_ALL))));
    client.end();
    const serving = handlers.get(FORWARD)!(server).finally(() => server.end());
    await held;
    // Whatever does not wait for the reader has gone on by then.
    await setImmediate();
    expect(unread).toBeLessThan(requests);
    let answers = 0;
    for await (const _ of client.messages()) answers++;
    await serving;
    expect(answers).toBe(requests);
  });
});

describe("sources", () => {
  test("a named pipe is taken as it is", async () => {
    const handlers = await sshHandlers(
      { default: { agent: "\\\\.\\pipe\\openssh-ssh-agent" } },
      { cwd: base },
    );
    expect(handlers.has(FORWARD)).toBe(true);
  });

  test.each<[SshSource, string]>([
    [{ agent: "" }, "empty ssh agent socket"],
    [{ agent: "missing" }, "failed to reach ssh agent missing"],
    [{ agent: "file" }, "not a socket"],
    [{ keys: ["missing"] }, "cannot use ssh key"],
    [{ keys: ["file"] }, "cannot use ssh key"],
    [{ keys: ["large"] }, "too large"],
    [{ keys: ["."] }, "cannot use ssh key"],
  ])("%j", async (source, problem) => {
    writeFileSync(join(base, "file"), "no key");
    writeFileSync(join(base, "large"), Buffer.alloc(200_000));
    await expect(sshHandlers({ id: source }, { cwd: base })).rejects.toMatchObject({
      code: "INVALID_SSH",
      message: expect.stringContaining(problem) as string,
    });
  });

  test("without any, the service is absent", async () => {
    expect((await sshHandlers({}, { cwd: base })).size).toBe(0);
  });

  test("only what is offered can be checked and forwarded", async () => {
    const agent = join(base, "agent.sock");
    await listen(agent, (socket) => socket.end());
    const handlers = await sshHandlers({ default: { agent } }, { cwd: base });
    const check = (id: string) =>
      servedCall(handlers, CHECK, [CheckAgentRequest.encode(CheckAgentRequest.fromPartial({ id })).finish()]);
    expect((await check("")).length).toBe(1);
    expect((await check("default")).length).toBe(1);
    await expect(check("other")).rejects.toMatchObject({ code: 2 });
    const forwarded = servedCall(handlers, FORWARD, [], { "buildkit.ssh.id": "other" });
    await expect(forwarded).rejects.toMatchObject({ code: 2 });
  });
});
