import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../commands/registry.ts";
import { memoryIo } from "../memory-io.test.support.ts";
import { complete } from "./complete.ts";
import { reply } from "./reply.ts";

let dir: string;

const DRIVER = `export default { name: "a", contractVersion: 1, summary: "s", connect() {}, capabilities: {},
  endpoint: { required: false, doc: "" }, options: {
    "default-load": { type: "boolean", doc: "Loads." }, mode: { type: "enum", values: ["x", "y"], doc: "How." },
    "env.": { type: "string", prefix: true, doc: "Variables." }, config: { type: "path", doc: "Where." } } };`;

async function driver(name: string, code: string): Promise<string> {
  const directory = join(dir, "drivers", name);
  await mkdir(directory, { recursive: true });
  const manifest = { name: `tsbx-driver-${name}`, type: "module", tsbx: { driver: name, contract: 1 } };
  await writeFile(join(directory, "package.json"), JSON.stringify(manifest));
  await writeFile(join(directory, "index.js"), code);
  return directory;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "tsbx-completion-"));
  const put = async (path: string, text = "") => {
    await mkdir(join(dir, path, ".."), { recursive: true });
    await writeFile(join(dir, path), text);
  };
  await put("Dockerfile", "ARG BASE=busybox\nFROM $BASE AS here\n");
  await put("app/Dockerfile", "FROM golang:1 AS build\nARG X Y=1\nFROM build as test\nFROM scratch\n");
  await put("app/other.Dockerfile", "FROM x AS other\n");
  await put("app/.hidden");
  await put("files/one");
  await put("files/dir/two");
  const node = {
    Name: "mine0",
    Endpoint: "tcp://h:1",
    Platforms: null,
    DriverOpts: null,
    Flags: null,
    Files: null,
  };
  await put(
    "buildx/instances/mine",
    JSON.stringify({ Name: "mine", Driver: "remote", Nodes: [node], Dynamic: false }),
  );
});
afterAll(() => rm(dir, { recursive: true }));

const io = async () => {
  const drivers = [await driver("a", DRIVER), await driver("broken", "throw new Error('loaded')")];
  const env = {
    BUILDX_CONFIG: join(dir, "buildx"),
    HOME: dir,
    TSBX_DRIVERS: drivers.join(":"),
    npm_config_prefix: dir,
  };
  return memoryIo({ cwd: dir, env });
};

async function values(...words: string[]): Promise<string[]> {
  const { list, native } = await complete(words, await io());
  return [...list.map(({ value, open }) => (open ? `${value}…` : value)), ...(native ? [`:${native}`] : [])];
}

describe("the words of a command line", () => {
  it.each<[string[], string[]]>([
    [["bu"], ["build"]],
    [["__"], []],
    [["nothing", ""], []],
    [["nothing", "--bui"], ["--builder"]],
    [["--builder", "x", "us"], ["use"]],
    [["--builder", ""], ["mine"]],
    [["--builder=m"], ["--builder=mine"]],
    [
      ["build", "--ta"],
      ["--tag", "--target"],
    ],
    [["build", "--pull", "--pu"], ["--push"]],
    [["build", "--tag", "a", "--tag"], ["--tag"]],
    [["build", "--memory"], []],
    [["build", "-q"], ["-q"]],
    [
      ["build", "--pull="],
      ["--pull=true", "--pull=false"],
    ],
    [["build", "--progress", "pl"], ["plain"]],
    [["build", "-qf", ""], [":files"]],
    [["build", "-f=files/d"], ["-f=files/dir/…"]],
    [["build", ""], [":directories"]],
    [["build", ".", ""], []],
    [["build", "--", "--"], [":directories"]],
    [["build", "--cgroup-parent", "x"], []],
    [["b", "--target", "h"], ["here"]],
    [
      ["build", "app", "--target", ""],
      ["build", "test"],
    ],
    [["build", "--file=app/other.Dockerfile", "--target", ""], ["other"]],
    [["build", "app", "--no-cache-filter", "build,"], ["build,test"]],
    [
      ["build", "app", "--build-arg", ""],
      ["X=…", "Y=…"],
    ],
    [
      ["build", "app", "--build-context", ""],
      ["build=…", "test=…", "golang:1=…"],
    ],
    [["build", "--build-context", "x=files/"], ["x=files/dir/…"]],
    [["build", "--platform", "linux/amd64,linux/arm6"], ["linux/amd64,linux/arm64"]],
    [["build", "--ssh", "default=files/o"], ["default=files/one"]],
    [["build", "--ulimit", "nof"], ["nofile=…"]],
    [["use", ""], ["mine"]],
    [["help", "com"], ["completion"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["create", "--append", "--name", "mine", "--node", ""], ["mine0"]],
  ])("%j", async (words, expected) => {
    expect(await values(...words)).toEqual(expected);
  });

  it("are the commands, but for what programs call", async () => {
    const names = Object.keys(COMMANDS).filter((name) => !name.startsWith("_"));
    expect(await values("")).toEqual(names);
  });
});

describe("values of fields", () => {
  it.each<[string, string, string[]]>([
    ["--output", "type=l", ["type=local…"]],
    ["--output", "fi", ["files/…"]],
    [
      "--output",
      "type=local,",
      ["dest=", "mode=", "platform-split=", "attestation-prefix="].map((key) => `type=local,${key}…`),
    ],
    ["--output", "type=local,dest=files/", ["type=local,dest=files/dir/…"]],
    ["--output", "type=tar,dest=files/", ["type=tar,dest=files/dir/…", "type=tar,dest=files/one…"]],
    ["--output", "type=image,compression=z", ["type=image,compression=zstd…"]],
    ["--cache-to", "type=inline,", []],
    ["--cache-to", "type=local,mode=min,res", ["type=local,mode=min,reset=…"]],
    ["--cache-from", "", ["registry", "local", "gha", "s3", "azblob"].map((type) => `type=${type}…`)],
    ["--secret", "id=a,src=files/o", ["id=a,src=files/one…"]],
    ["--attest", "type=provenance,mode=", ["type=provenance,mode=min…", "type=provenance,mode=max…"]],
    ["--policy", "strict=t", ["strict=true…"]],
  ])("%s %s", async (flag, text, expected) => {
    expect(await values("build", flag, text)).toEqual(expected);
    const attached = expected.map((value) => `${flag}=${value}`);
    expect(await values("build", `${flag}=${text}`)).toEqual(attached);
  });
});

describe("drivers", () => {
  it("are named without being loaded", async () => {
    expect((await values("create", "--driver", "")).filter((name) => /^(a|broken)$/.test(name))).toEqual([
      "a",
      "broken",
    ]);
  });

  it.each<[string, string[]]>([
    ["", ["default-load=…", "mode=…", "env.…", "config=…"]],
    ["mode=", ["mode=x…", "mode=y…"]],
    ["mode=x,default-load=", ["mode=x,default-load=true…", "mode=x,default-load=false…"]],
    ["config=files/o", ["config=files/one…"]],
  ])("have the options %j", async (text, expected) => {
    expect(await values("create", "--driver", "a", "--driver-opt", text)).toEqual(expected);
  });

  it("say what the options are", async () => {
    const { list } = await complete(["create", "--driver=a", "--driver-opt", "mo"], await io());
    expect(list).toEqual([{ value: "mode=", doc: "How.", open: true }]);
  });
});

describe("the answer to a shell", () => {
  async function answer(words: string[], quoted = false): Promise<string> {
    const memory = await io();
    await reply(words, { quoted }, memory);
    return memory.out();
  }

  it("is a line for each way to go on", async () => {
    expect(await answer(["stop", ""])).toBe("=mine\tremote driver\n");
    expect(await answer(["build", "-o", "type=lo"])).toBe("+type=local\n");
    expect(await answer(["build", "-f", ""])).toBe(":files\n");
  });

  it.each([["'app'"], ['"app"'], ["a\\pp"], ["a'p'p"]])(
    "takes %s for what the shell makes of it",
    async (word) => {
      expect(await answer(["build", word, "--target", "'bui"], true)).toBe("=build\n");
    },
  );

  it("is nothing when something is wrong", async () => {
    expect(await answer(["create", "--driver", "broken", "--driver-opt", ""])).toBe("");
    expect(await answer(["create", "--driver", "absent", "--driver-opt", ""])).toBe("");
  });
});

/** Flags whose values are nobody's to guess. */
const FREE_TEXT: Readonly<Record<string, readonly string[]>> = {
  build: ["add-host", "cgroup-parent", "label", "shm-size", "tag"],
  create: ["buildkitd-flags"],
};

it.each(Object.keys(COMMANDS))(
  "%s: every flag with a value says what completes it, or is free text",
  async (name) => {
    const { flags } = await COMMANDS[name]!.load();
    const silent = Object.entries(flags).filter(
      ([, { type, complete: completion, hidden }]) => type !== "boolean" && !completion && !hidden,
    );
    const known = [...(FREE_TEXT[name] ?? []), "filter", "timeout"];
    const others = silent.filter(([flag, { value }]) => !known.includes(flag) && value !== "bytes");
    expect(others.map(([flag]) => flag)).toEqual([]);
  },
);
