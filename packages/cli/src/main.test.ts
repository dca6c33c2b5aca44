import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { main } from "./main.ts";
import { memoryIo } from "./memory-io.test.support.ts";

async function run(...argv: string[]) {
  const io = memoryIo();
  const code = await main(argv, io);
  return { code, out: io.out(), err: io.err() };
}

describe("main", () => {
  it("shows the version", async () => {
    expect(await run("version")).toEqual({ code: 0, out: `tsbx v${manifest.version}\n`, err: "" });
  });

  it.each([[[]], [["--help"]], [["-h"]], [["help"]]])("lists the commands with %j", async (argv) => {
    const { code, out, err } = await run(...argv);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    await expect(out).toMatchFileSnapshot("fixtures/help.txt");
  });

  it.each([[["build", "--help"]], [["help", "build"]], [["b", "-h"]], [["--builder", "x", "build", "-h"]]])(
    "shows how to build with %j",
    async (argv) => {
      const { code, out, err } = await run(...argv);
      expect({ code, err }).toEqual({ code: 0, err: "" });
      await expect(out).toMatchFileSnapshot("fixtures/help-build.txt");
    },
  );

  it("refuses an unknown command, under the list of those it knows", async () => {
    const { code, out, err } = await run("bulid");
    expect(code).toBe(1);
    expect(out).toMatch(/^Usage: {2}tsbx/);
    expect(err).toBe('ERROR: unknown command: "bulid"\nHINT: Did you mean tsbx build?\n');
  });

  it.each([
    [["help", "xyz"], 'ERROR: unknown command: "xyz"\nHINT: Run tsbx help for the list of commands.\n'],
    [["version", "x"], "ERROR: 'tsbx version' accepts no arguments\nHINT: Usage: tsbx version\n"],
    [
      ["build"],
      "ERROR: 'tsbx build' requires 1 argument\nHINT: Usage: tsbx build [OPTIONS] PATH | URL | -\n",
    ],
    [["build", ".", "--tga", "x"], "ERROR: unknown flag: --tga\nHINT: Did you mean --tag?\n"],
    [["build", ".", "--call", "check,fast"], /^ERROR: invalid --call "check,fast": more than one request/],
    [["build", ".", "-o", "type=local"], "ERROR: dest is required for local exporter\n"],
    [["--nope"], "ERROR: unknown flag: --nope\n"],
    [
      ["completion", "ksh"],
      'ERROR: there is no completion for the shell "ksh"\nHINT: Use one of bash, zsh, fish.\n',
    ],
  ])("%j fails", async (argv, message) => {
    const { code, out, err } = await run(...argv);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("stops at %s, also while it waits for stdin", async (signal, code) => {
    const config = await mkdtemp(join(tmpdir(), "tsbx-main-"));
    const stdin = new Readable({ read: () => io.raise(signal) });
    const io = memoryIo({ stdin, env: { DOCKER_CONFIG: config } });
    try {
      expect(await main(["build", "-"], io)).toBe(code);
      expect({ out: io.out(), err: io.err() }).toEqual({ out: "", err: `ERROR: stopped by ${signal}\n` });
    } finally {
      await rm(config, { recursive: true });
    }
  });

  it.each([
    [["-D", "build", ".", "--nope"]],
    [["build", ".", "--nope", "--debug"]],
    [["build", ".", "--nope", "-qD"]],
    [["--debug=1", "nope"]],
  ])("prints a stack trace for %j", async (argv) => {
    expect((await run(...argv)).err).toMatch(/\n +at /);
  });

  it.each([
    [["build", ".", "--nope"]],
    [["build", ".", "--nope", "--debug=false"]],
    [["build", ".", "--nope", "--", "--debug"]],
    [["create", "--nope", "--buildkitd-flags", "--debug"]],
    [["build", ".", "--nope", "--tag", "-D"]],
  ])("prints none for %j", async (argv) => {
    const { code, err } = await run(...argv);
    expect(code).toBe(1);
    expect(err).not.toMatch(/\n +at /);
  });
});
