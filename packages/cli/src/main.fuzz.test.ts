import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable, Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { fuzz } from "../../../scripts/fuzz/fuzz.ts";
import { changedJson, text } from "../../../scripts/fuzz/text.ts";
import { snapshot } from "../../core/src/buildkit/fsync/tree-snapshot.test.support.ts";
import { commandLines, DEAD_ENDPOINTS, loadFlags } from "./command-lines.test.support.ts";
import type { CliIo } from "./io.ts";
import { main } from "./main.ts";

const DRIVERS = ["buildkitd", "docker", "docker-container", "kubernetes", "remote"];
const STORED = {
  Name: "mine",
  Driver: "remote",
  Nodes: [
    {
      Name: "mine0",
      Endpoint: DEAD_ENDPOINTS[0],
      Platforms: null,
      DriverOpts: null,
      Flags: null,
      Files: null,
    },
  ],
  Dynamic: false,
};

const CURRENT = { Key: DEAD_ENDPOINTS[0], Name: "mine", Global: false };

/** What a command line finds leads nowhere out of here, and no daemon is at any address that it knows. */
let sandbox: string;
/** The files that no command line may change. */
let kept: Record<string, string>;

beforeAll(async () => {
  sandbox = mkdtempSync(join(tmpdir(), "tsbx-fuzz-"));
  write("kept/context/Dockerfile", "FROM scratch\nCOPY . /\n");
  write("kept/context/sub/file", "content\n");
  write("kept/home/.netrc", "");
  for (const driver of DRIVERS) installSource(driver);
  kept = snapshot(join(sandbox, "kept"));
  await loadFlags();
});
afterAll(() => rmSync(sandbox, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(join(sandbox, path, ".."), { recursive: true });
  writeFileSync(join(sandbox, path), content);
}

/** A driver package as its sources are, which need not be built for it. */
function installSource(driver: string): void {
  const source = resolve(import.meta.dirname, `../../driver-${driver}`);
  const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  write(`drivers/${driver}/package.json`, JSON.stringify({ ...manifest, exports: "./index.js" }));
  write(
    `drivers/${driver}/index.js`,
    `export { default } from ${JSON.stringify(join(source, "src/index.ts"))};\n`,
  );
}

interface Outcome {
  code: number;
  out: string;
  err: string;
}

interface CommandLine {
  argv: readonly string[];
  stdin: string;
  /** Whether the store's builder is. */
  inUse: boolean;
  /** What is in the user's files instead of something sensible, by path. */
  files?: Readonly<Record<string, string>>;
}

/** Runs a command line in a store with one builder, of which nothing is left afterwards. */
async function run({ argv, stdin, inUse, files = {} }: CommandLine): Promise<Outcome> {
  write("config/config.json", "{}");
  write("store/instances/mine", JSON.stringify(STORED));
  if (inUse) write("store/current", JSON.stringify(CURRENT));
  for (const [path, content] of Object.entries(files)) write(path, content);
  const printed = { out: "", err: "" };
  const collect = (to: keyof typeof printed) =>
    new Writable({
      write(chunk, _encoding, done) {
        printed[to] += chunk;
        done();
      },
    });
  const at = (name: string) => join(sandbox, name);
  const io: CliIo = {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: collect("out"),
    stderr: collect("err"),
    env: {
      HOME: at("kept/home"),
      PATH: at("nothing"),
      DOCKER_CONFIG: at("config"),
      BUILDX_CONFIG: at("store"),
      XDG_STATE_HOME: at("state"),
      TMPDIR: at("state"),
      DOCKER_HOST: DEAD_ENDPOINTS[0],
      KUBECONFIG: at("nothing"),
      TSBX_DRIVERS: DRIVERS.map((driver) => at(`drivers/${driver}`)).join(":"),
    },
    cwd: at("kept/context"),
    onSignal: () => () => {},
    exit: (code) => {
      throw new Error(`exits with ${code}`);
    },
  };
  try {
    const code = await main(argv, io);
    // What nobody waited for comes out now.
    await setImmediate();
    return { code, ...printed };
  } finally {
    for (const name of ["store", "state", "config"]) rmSync(at(name), { recursive: true, force: true });
  }
}

const STACK = /\n\s+at .*[:(]\d+/;
/** What the language's own errors say, and what is made of values that were not there. */
const MISHAP =
  /is not a function|is not iterable|Cannot (read|convert|set)|undefined|\[object|TypeError|ERR_[A-Z]/;

const lines = fc.record({
  argv: commandLines(),
  stdin: fc.constantFrom("", "y\n", "FROM scratch\n", "\x1f\x8b\0\0", "{}"),
  inUse: fc.boolean(),
});

/** Runs a command line, and checks that it ends as one should. */
async function checkRun(line: CommandLine): Promise<void> {
  const { code, out, err } = await run(line);
  const { argv, files = {} } = line;
  expect(snapshot(join(sandbox, "kept"))).toEqual(kept);
  expect([0, 1, 100, 102, 130]).toContain(code);
  if (code !== 0) expect(err).toMatch(/^ERROR: ./m);
  else expect(err).not.toMatch(/^ERROR: /m);
  if (argv.some((each) => /^(-[a-zA-Z]*D|--debug)/.test(each))) return;
  expect(out + err).not.toMatch(STACK);
  // Texts that were given are said again.
  const given = [...argv, ...Object.values(files)];
  const own = given.reduce((text, each) => text.replaceAll(each, "…"), err);
  if (!given.some((each) => MISHAP.test(each))) expect(own).not.toMatch(MISHAP);
}

/** Docker's files and the builder store's, with contents of the right shape and of any other. */
const files = fc
  .record(
    {
      "config/config.json": changedJson({
        currentContext: "other",
        auths: { "example.invalid": { auth: "YTpi" } },
        credsStore: "nothing",
        pruneFilters: ["until=1h"],
        proxies: { default: { httpProxy: "http://a" }, [DEAD_ENDPOINTS[0]]: { noProxy: "b" } },
      }),
      "config/contexts/meta/d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa/meta.json":
        changedJson({
          Name: "other",
          Metadata: { Description: "a" },
          Endpoints: { docker: { Host: DEAD_ENDPOINTS[0], SkipTLSVerify: false } },
        }),
      "store/instances/mine": changedJson(STORED),
      "store/current": changedJson(CURRENT),
      "store/defaults/x": text(),
      "store/activity/mine": text(["2024-01-01T00:00:00Z"]),
      "store/.buildNodeID": text(),
    },
    { requiredKeys: [] },
  )
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, content]) => content !== undefined)));

const COMMANDS = [
  ...["ls", "inspect", "inspect mine", "rm mine", "rm --all-inactive -f", "use mine", "use other", "stop"],
  ...["build .", "build --load .", "build -t a:b --push .", "du", "prune -f", "create --name mine --append"],
  ...["create --name new", "create --driver docker-container other", "ls --format json", "dial-stdio"],
];

describe("main ends with an exit code and a message", () => {
  fuzz("for any command line", lines, checkRun, { seconds: 2 });
  fuzz(
    "with any files of the user's",
    fc.tuple(fc.constantFrom(...COMMANDS), files),
    ([command, contents]) => checkRun({ argv: command.split(" "), stdin: "", inUse: true, files: contents }),
    { seconds: 1 },
  );
});
