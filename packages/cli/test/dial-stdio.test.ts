import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Duplex, PassThrough, type Readable, type Writable } from "node:stream";
import { type BuilderNode, build, openNode } from "@tsbx/core";
import { defineDriver } from "@tsbx/core/driver";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import { bedNode } from "./support/daemon.ts";
import { workspace } from "./support/workspace.ts";

type Dialling = ChildProcessByStdio<Writable, Readable, null>;

/** Starts a `dial-stdio` whose output is kept as bytes. */
function dial({ command: [program, ...prefix], env, home }: Client): Dialling {
  const child = spawn(program, [...prefix, "dial-stdio"], {
    env,
    cwd: home,
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** A node whose connections are the standard streams of a client's `dial-stdio`. */
function nodeThrough(client: Client): { node: BuilderNode; dialled: Dialling[] } {
  const dialled: Dialling[] = [];
  const driver = defineDriver({
    name: "stdio",
    summary: "Dials through a command",
    options: {},
    endpoint: { required: false, doc: "" },
    capabilities: {
      autoLoad: false,
      load: false,
      cacheExport: "all",
      dockerTarball: true,
      ociTarball: true,
      multiPlatform: true,
      attestations: true,
      buildkitConfig: "external",
    },
    connect: () => ({
      status: async () => ({ state: "running" }),
      boot: async () => {},
      stop: async () => {},
      remove: async () => {},
      async dial() {
        const child = dial(client);
        dialled.push(child);
        return Duplex.from({ readable: child.stdout, writable: child.stdin });
      },
    }),
  });
  const node = openNode(
    driver,
    { builder: "b", name: "b0" },
    { env: {}, stateDir: "/nonexistent/tsbx-test" },
  );
  onTestFinished(() => node.close());
  return { node, dialled };
}

describe("dial-stdio", () => {
  it("is a connection to the daemon", async () => {
    const directory = await workspace();
    const answers = [];
    for (const client of [await tsbx(directory), await peer(directory)]) {
      const { node, dialled } = nodeThrough(client);
      const control = await node.client();
      answers.push({ info: await control.info(), workers: await control.listWorkers() });
      const ended = once(dialled[0]!, "exit");
      await node.close();
      expect(await ended).toEqual([0, null]);
    }
    const direct = await bedNode().client();
    const expected = { info: await direct.info(), workers: await direct.listWorkers() };
    expect(answers).toEqual([expected, expected]);
  });

  it("carries a build, with large files both ways", async () => {
    const directory = await workspace();
    const { node } = nodeThrough(await tsbx(directory));
    const content = randomBytes(48 * 1024 * 1024);
    await writeFile(join(directory, "large"), content);
    await writeFile(join(directory, "Dockerfile"), "FROM scratch\nCOPY large /\n");
    const dest = join(directory, "out");
    await build(node, { context: directory, outputs: [{ type: "local", dest }] }).result;
    const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
    expect(digest(await readFile(join(dest, "large")))).toBe(digest(content));
  });

  it("ends with its input, and shows progress on stderr", async () => {
    const directory = await workspace();
    const outputs = [];
    for (const client of [await tsbx(directory), await peer(directory)]) {
      const { stdout, stderr } = await client.succeed(["dial-stdio", "--progress=plain"]);
      expect(stdout.slice(3, 5)).toBe("\x04\0");
      outputs.push(stderr);
    }
    for (const output of outputs) {
      expect(output).toMatch(
        /^#0 builder: bed\n\n#1 Proxying to builder\n(#1 Dialing builder\n)?#1 Dialing builder/,
      );
      expect(output).toMatch(/#1 Dialing builder (\d+\.\ds )?done\n#1 DONE \d+\.\ds\n$/);
    }
  });

  it("prints nothing else by default", async () => {
    const client = await tsbx(await workspace());
    expect(await client.succeed(["dial-stdio", "--platform", "linux/arm64"])).toMatchObject({ stderr: "" });
  });

  it("stops at SIGINT", async () => {
    const client = await tsbx(await workspace());
    const child = dial(client);
    await once(child.stdout, "data");
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([130, null]);
  });

  it.each([
    [["--platform", "a/b/c/d"], /^ERROR: invalid platform "a\/b\/c\/d"/],
    [["--platform", "linux/amd64,linux/arm64"], /^ERROR: dial-stdio takes one platform/],
    [["--progress", "nope"], /^ERROR: invalid progress mode nope/],
    [["--progress", "tty"], /^ERROR: progress mode tty needs a terminal/],
    [["--builder", "nope"], /^ERROR: no builder "nope" found/],
    [["x"], /^ERROR: 'tsbx dial-stdio' accepts no arguments/],
  ])("refuses %j", async (args, message) => {
    const client = await tsbx(await workspace());
    const { code, stdout, stderr } = await client.run(["dial-stdio", ...args]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(message);
  });

  it("says when the daemon is not there", async () => {
    const directory = await workspace();
    const client = await tsbx(directory, `unix://${directory}/no.sock`);
    const { code, stderr } = await client.run(["dial-stdio"], { stdin: new PassThrough() });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR: cannot reach buildkitd/);
  });
});
