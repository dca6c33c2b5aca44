import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { describe, expect, it } from "vitest";
import { type Client, tsbx } from "./support/client.ts";
import { Terminal } from "./support/terminal.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

// Looks at what people see: the terminal is tmux's, and what is on its screen is compared.

const LINES = 20;
/** Steps with names and output of all widths; the last one waits to be let go, and fails. */
const DOCKERFILE = `FROM busybox as base
MAINTAINER nobody
ARG NONCE
RUN echo "日本語のステップ 👩‍👩‍👧 👍🏽 🇩🇪 ❤️" > /name
RUN echo "한국어 中文 ｶﾅ é ก็ हिन्दी עברית"
RUN --mount=type=cache,id=$NONCE,target=/sync for i in $(seq ${LINES}); do echo "line $i, 行 $i 🚀 👍🏽 of what nobody would read on a screen that is narrow"; done; until [ -e /sync/go ]; do sleep 0.1; done; printf '\\033[31mred\\033[0m\\n'; exit 3
`;

interface Scene {
  client: Client;
  terminal: Terminal;
  nonce: string;
}

/** A shell at work, with tsbx on its path and a builder `bed`. */
async function scene(columns: number, rows: number, env: Record<string, string> = {}): Promise<Scene> {
  const directory = await workspace();
  const client = await tsbx(directory);
  const cwd = join(directory, "work");
  const release = "ARG NONCE\nRUN --mount=type=cache,id=$NONCE,target=/sync touch /sync/go\n";
  writeTree(cwd, {
    Dockerfile: DOCKERFILE,
    Release: `FROM busybox\n${release}`,
    "bin/tsbx": `#!/bin/sh\nexec ${client.command.join(" ")} "$@"\n`,
  });
  chmodSync(join(cwd, "bin/tsbx"), 0o755);
  const terminal = await Terminal.open([loadBed(["shells"]).shells.bash, "--norc", "--noprofile", "-i"], {
    cwd,
    env: {
      ...client.env,
      PATH: `${cwd}/bin:${client.env.PATH}`,
      PS1: "> ",
      HISTFILE: "",
      TERM: "xterm",
      ...env,
    },
    columns,
    rows,
  });
  await terminal.shows(/^> *$/);
  return { client, terminal, nonce: randomUUID() };
}

/** Starts the build; what is typed is gone from the screen. */
async function build({ terminal, nonce }: Scene): Promise<void> {
  await terminal.type(`clear; tsbx build --build-arg NONCE=${nonce} .`);
  await terminal.press("Enter");
}

/** Lets the waiting step go on to its end. */
async function release({ client, nonce }: Scene): Promise<void> {
  const context = join(client.home, "../work");
  await client.succeed(["build", "--build-arg", `NONCE=${nonce}`, "-f", `${context}/Release`, context]);
}

const HEADER = /^\[\+\] Building /;

/** The picture on the screen: all from its headline on. */
function picture(screen: string): string[] {
  const lines = screen.split("\n");
  return lines.slice(lines.findLastIndex((line) => HEADER.test(line)));
}

/** Checks a picture of a running build on a terminal of this width. */
async function expectWhole({ terminal }: Scene, columns: number): Promise<string[]> {
  const screen = await terminal.screen();
  const rows = picture(screen);
  expect(screen.split("\n").filter((line) => HEADER.test(line))).toHaveLength(1);
  // A row that does not fit becomes two, and the next picture comes too low.
  expect(picture(await terminal.screen({ unwrapped: true })).length).toBe(rows.length);
  expect(rows.slice(1).filter((row) => !row.startsWith(" => "))).toEqual([]);
  expect(rows[0]!.endsWith(" remote:bed")).toBe(true);
  for (const row of rows.slice(1)) {
    if (!row.startsWith(" => => # ")) expect(row).toMatch(/ \d+\.\d+s$/);
    // What is not ASCII may be wider than its text is long.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII
    if (/^[\x00-\x7f]*s$/.test(row)) expect(row).toHaveLength(columns - 1);
  }
  expect(await terminal.cursor()).toMatchObject({ shown: true, wraps: true, column: 0 });
  return rows;
}

/** `docs/screens` has these as they were seen; `TSBX_SCREENS=1` writes them anew. */
function keep(name: string, lines: readonly string[]): void {
  if (!process.env.TSBX_SCREENS) return;
  const directory = resolve(import.meta.dirname, "../../../docs/screens");
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, `${name}.txt`), `${lines.join("\n")}\n`);
}

describe.each([80, 40])("a build on a terminal of %i columns", (columns) => {
  it("is shown while it runs and after it has failed, with wide characters", async () => {
    const at = await scene(columns, 24);
    await build(at);
    await at.terminal.shows(new RegExp(`line ${LINES},`));
    const running = await expectWhole(at, columns);
    keep(`running-${columns}`, running);
    const output = running.filter((row) => row.startsWith(" => => # "));
    expect(output.map((row) => /line (\d+)/.exec(row)?.[1])).toEqual(["15", "16", "17", "18", "19", "20"]);
    expect(running.join("\n")).toMatch(/^ => \[base 3\/4\] RUN echo "한국어/m);

    await release(at);
    await at.terminal.shows(/^> *$/m);
    const all = picture(await at.terminal.screen({ history: true, unwrapped: true }));
    keep(`failed-${columns}`, picture(await at.terminal.screen({ history: true })).slice(0, -1));
    expect(all[0]).toMatch(/^\[\+\] Building \d+\.\ds \(7\/7\) FINISHED( +remote:bed)?$/);
    expect(all.filter((line) => HEADER.test(line))).toHaveLength(1);
    const text = all.join("\n");
    expect(text).toMatch(/^ => ERROR \[base 4\/4\] RUN /m);
    const [, log = ""] = /^------\n > \[base 4\/4\] RUN .*:\n([\s\S]*?)\n------\n/m.exec(text) ?? [];
    expect(log.split("\n").map((line) => line.replace(/^[\d.]+ /, ""))).toEqual([
      ...Array.from(
        { length: LINES },
        (_, i) => `line ${i + 1}, 行 ${i + 1} 🚀 👍🏽 of what nobody would read on a screen that is narrow`,
      ),
      "red",
    ]);
    expect(text).toContain("2 warnings found");
    expect(text).toMatch(/^Dockerfile:6\n-+\n[\s\S]*^ {3}6 \| >>> RUN /m);
    expect(text).toMatch(/^ERROR: failed to build: .* exit code: 3\n> *$/m);
    expect(await at.terminal.cursor()).toEqual({ shown: true, wraps: true, column: 2 });
  });

  it("fits again when the window changes in the middle", async () => {
    const at = await scene(columns, 24);
    await build(at);
    await at.terminal.shows(new RegExp(`line ${LINES},`));
    for (const [width, height] of [
      [columns + 20, 30],
      [columns - 4, 18],
      [columns, 24],
    ] as const) {
      await at.terminal.resize(width, height);
      await at.terminal.shows(new RegExp(`^(?=.{${width - 1}}$)\\[\\+\\] Building .* remote:bed$`, "m"));
      await expectWhole(at, width);
    }
    await release(at);
    await at.terminal.shows(/^> *$/m);
    const text = await at.terminal.screen({ history: true, unwrapped: true });
    expect(text).toMatch(/^ERROR: failed to build: .* exit code: 3\n> *$/m);
    expect(text.match(/FINISHED/g)).toHaveLength(1);
  });
});

it("a build that succeeds ends with where its result is", async () => {
  const { terminal, nonce } = await scene(40, 24);
  await terminal.type(`clear; tsbx build --build-arg NONCE=${nonce} -f Release -o out .`);
  await terminal.press("Enter");
  await terminal.shows(/^> *$/m);
  const shown = picture(await terminal.screen());
  keep("done-40", shown.slice(0, -1));
  expect(shown[0]).toMatch(/^\[\+\] Building \d+\.\ds \(\d+\/\d+\) FINISHED$/);
  expect(shown.at(-2)).toBe("Wrote the files to out/");
  expect(shown.slice(1, -2).filter((row) => !/^ => .* \d+\.\ds$/.test(row) || row.length !== 39)).toEqual([]);
  expect(await terminal.cursor()).toEqual({ shown: true, wraps: true, column: 2 });
});

describe("colours", () => {
  /** How lines that match begin: the parameters of their colour, which tmux tells where it changes. */
  const colorsOf = (screen: string, pattern: RegExp) => {
    let color: string | undefined;
    return screen.split("\n").flatMap((line) => {
      const [start = ""] = /^(?:\p{Cc}\[[\d;]*m)*/u.exec(line) ?? [];
      const change = (sequences: string) => {
        for (const [, parameters] of sequences.matchAll(/\p{Cc}\[([\d;]*)m/gu))
          color = /^(?:0|39|49)?$/.test(parameters!) ? undefined : parameters;
      };
      change(start);
      const found = pattern.test(line.slice(start.length)) ? [color] : [];
      change(line.slice(start.length));
      return found;
    });
  };

  it.each<[string, Record<string, string>, Record<string, string | undefined>]>([
    ["by themselves", {}, { done: "34", error: "31", warning: "33" }],
    ["without any", { NO_COLOR: "1" }, { done: undefined, error: undefined, warning: undefined }],
    [
      "as they are wished for",
      { BUILDKIT_COLORS: "run=green:error=255,0,0:warning=light-cyan" },
      { done: "32", error: "38;5;196", warning: "96" },
    ],
  ])("%s", async (_, env, { done, error, warning }) => {
    const at = await scene(100, 50, env);
    await build(at);
    await at.terminal.shows(new RegExp(`line ${LINES},`));
    // Output is faint, which is no colour.
    expect(colorsOf(await at.terminal.screen({ colors: true }), /=> # line 20,/)).toEqual(["2"]);
    await release(at);
    await at.terminal.shows(/^> *$/m);
    const lines = (await at.terminal.screen({ colors: true, history: true })).split("\n");
    const shown = lines.slice(lines.findLastIndex((line) => HEADER.test(line))).join("\n");
    expect(colorsOf(shown, /^ => \[internal\] load build definition/)).toEqual([done]);
    expect(colorsOf(shown, /^ => WARN: FromAsCasing/)).toEqual([warning]);
    expect(colorsOf(shown, /^ => ERROR /)).toEqual([error]);
    const red = env.NO_COLOR ? /^[\d.]+ red$/m : /^[\d.]+ \p{Cc}\[31mred$/mu;
    expect(shown).toMatch(red);
  });
});

it("a check shows its findings with the lines that they are about", async () => {
  const { terminal } = await scene(60, 40);
  await terminal.type("clear; tsbx build --check .");
  await terminal.press("Enter");
  await terminal.shows(/^> *$/m);
  const screen = await terminal.screen({ history: true });
  const findings = screen.slice(screen.indexOf("Check complete"));
  keep("check-60", findings.split("\n").slice(0, -1));
  expect(findings).toMatch(/^Check complete, 2 warnings have been found!\n\nWARNING: FromAsCasing - https:/);
  expect(findings).toMatch(
    /^Dockerfile:1\n-{20}\n {3}1 \| >>> FROM busybox as base\n {3}2 \| {5}MAINTAINER nobody$/m,
  );
  expect(findings).toMatch(
    /^Dockerfile:2\n-{20}\n {3}1 \| {5}FROM busybox as base\n {3}2 \| >>> MAINTAINER nobody$/m,
  );
});
