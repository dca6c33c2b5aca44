import type { ProgressEvent, Vertex, VertexWarning } from "@tsbx/core/progress";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GithubRenderer } from "./github.ts";
import { fakeNow, readRecording, replay, TestOutput } from "./recording.test.support.ts";
import type { RendererContext } from "./renderer.ts";

const SECOND = 1_000_000_000n;
const empty: ProgressEvent = { vertexes: [], statuses: [], logs: [], warnings: [] };
const vertex = (digest: string, part: Partial<Vertex> = {}): ProgressEvent => ({
  ...empty,
  vertexes: [{ digest, name: `step ${digest}`, inputs: [], cached: false, started: 0n, ...part }],
});
const log = (vertex: string, text: string, timestamp = 0n): ProgressEvent => ({
  ...empty,
  logs: [{ vertex, stream: 1, data: Buffer.from(text), timestamp }],
});

let output: TestOutput;
beforeEach(() => {
  vi.useFakeTimers();
  output = new TestOutput();
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function renderer(part: Partial<RendererContext> = {}): GithubRenderer {
  return new GithubRenderer({ output, env: {}, now: fakeNow, phase: "", debug: false, ...part });
}

/** What GitHub's runner makes of a log: a line for each command that it obeys and each line that it shows. */
function obeyed(text: string): { commands: string[]; lines: string[] } {
  const known = new Set(["group", "endgroup", "warning", "error", "set-output", "add-mask", "stop-commands"]);
  const commands: string[] = [];
  const lines: string[] = [];
  let token: string | undefined;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, name = "", data = ""] =
      /^\s*::([^\s:]+)(?:\s.*?)?::(.*)$/.exec(line) ?? /##\[([^\]\s]+)[^\]]*\](.*)$/.exec(line) ?? [];
    const isCommand = known.has(name) || name === token;
    if (!isCommand || (token !== undefined && name !== token)) lines.push(line);
    else if (name === token) token = undefined;
    else if (name === "stop-commands") token = data;
    else commands.push(line);
  }
  expect(token).toBeUndefined();
  return { commands, lines };
}

/** The same text with the random tokens as `TOKEN`. */
const masked = (text: string) => text.replace(/[0-9a-f]{32}/g, "TOKEN");

describe("GithubRenderer", () => {
  it("folds what a step has to say, and shows how it ended", async () => {
    const github = renderer({ description: { builder: "b", driver: "d" } });
    github.write(vertex("a"));
    github.write(log("a", "one\n", SECOND));
    vi.advanceTimersByTime(1000);
    github.write(vertex("a", { completed: 2n * SECOND }));
    vi.advanceTimersByTime(1000);
    github.write(vertex("b", { completed: SECOND, cached: true }));
    await github.close();
    expect(masked(output.text)).toBe(
      '#0 building with "b" instance using d driver\n' +
        "::group::#1 step a\n::stop-commands::TOKEN\n#1 1.000 one\n::TOKEN::\n::endgroup::\n#1 DONE 2.0s\n" +
        "#2 step b\n#2 CACHED\n",
    );
  });

  it("opens a step's group again when it comes back, with a token of its own", async () => {
    const github = renderer();
    github.write(vertex("a"));
    github.write(log("a", "one", SECOND));
    vi.advanceTimersByTime(1000);
    github.write(vertex("b", { completed: SECOND }));
    vi.advanceTimersByTime(1000);
    github.write(log("a", " two", SECOND));
    vi.advanceTimersByTime(1000);
    await github.close();
    expect(masked(output.text)).toBe(
      "::group::#1 step a\n::stop-commands::TOKEN\n#1 1.000 one\n#1 ...\n::TOKEN::\n::endgroup::\n" +
        "#2 step b\n#2 DONE 1.0s\n" +
        "::group::#1 step a\n::stop-commands::TOKEN\n#1 1.000 one two\n::TOKEN::\n::endgroup::\n",
    );
    expect(new Set(output.text.match(/[0-9a-f]{32}/g)).size).toBe(2);
  });

  it("lets no build give the runner a command", async () => {
    const hostile = "::set-output name=a::b\n ##[add-mask]x\n##[group]y\r::error::z\n::endgroup::\n#";
    const github = renderer();
    github.write(vertex("a", { name: `RUN echo ##[add-mask]x\r\n::set-output name=a::b %0A\n::error::c` }));
    github.write(log("a", hostile));
    github.write(log("a", "#[add-mask]y"));
    vi.advanceTimersByTime(1000);
    github.write({
      ...vertex("b", { name: "##[add-mask]x\r::add-mask::x" }),
      statuses: [
        {
          vertex: "b",
          id: "\n::error::id ##[error]x",
          name: "",
          current: 1,
          total: 0,
          timestamp: 0n,
          started: 0n,
        },
      ],
    });
    vi.advanceTimersByTime(1000);
    github.write(vertex("b", { name: "##[add-mask]x", completed: SECOND, error: "no\n::error::##[error]x" }));
    github.write(vertex("c", { name: "c\n::warning::##[warning]x", completed: SECOND, cached: true }));
    github.write(vertex("a", { name: "a", completed: SECOND, error: "failed: ##[add-mask]x" }));
    await github.close();
    const { commands } = obeyed(output.text);
    for (const command of commands) expect(command).toMatch(/^::(group::#\d+ |endgroup::$)/);
    expect(commands.filter((command) => command.startsWith("::group::"))).toHaveLength(
      commands.filter((command) => command === "::endgroup::").length,
    );
    expect(commands[0]).toBe(
      "::group::#1 RUN echo ##[add-mask]x%0D%0A::set-output name=a::b %250A%0A::error::c",
    );
  });

  it.each(["ok", "fail", "warn", "group", "par"])(
    "shows every line of a recorded build, in groups that end: %s",
    async (name) => {
      await replay(readRecording(name), renderer());
      const { commands, lines } = obeyed(output.text);
      let open = 0;
      for (const command of commands) {
        if (command.startsWith("::group::")) open++;
        else if (command === "::endgroup::") open--;
        else expect(command).toMatch(/^::warning /);
        expect([0, 1]).toContain(open);
      }
      expect(open).toBe(0);
      for (const line of lines) expect(line).toMatch(/^(#\d+ .*|------| > .*:|[\d.]+ .*|)$/);
    },
  );

  describe("annotations", () => {
    const warning: VertexWarning = {
      vertex: "a",
      level: 1,
      short: "StageNameCasing: Stage name 'A' should be lowercase, 100%: yes (line 2)",
      detail: ["Stage names, like", "a: b"],
      url: "https://docs/?a=b",
      source: { filename: "Dockerfile", data: Buffer.from("FROM x\nFROM x AS A\n") },
      ranges: [{ start: { line: 2, character: 0 }, end: { line: 3, character: 4 } }],
    };
    const env = { GITHUB_WORKSPACE: "/work" };

    it("are put on the lines of the Dockerfile in the checkout", async () => {
      const github = renderer({ env, dockerfile: "/work/a, b: 5%/Dockerfile" });
      github.write({
        ...vertex("a", { completed: SECOND }),
        warnings: [warning, { ...warning, vertex: "b" }],
      });
      const failure = Object.assign(new Error("failed to solve: it\nfailed"), {
        sources: [{ ranges: [] }, { info: warning.source, ranges: warning.ranges }],
      });
      github.failed(failure);
      await github.close();
      expect(obeyed(output.text).commands.filter((line) => !line.includes("group"))).toEqual([
        "::warning file=a%2C b%3A 5%25/Dockerfile,line=2,endLine=3,title=StageNameCasing::" +
          "Stage name 'A' should be lowercase, 100%25: yes (line 2)%0AStage names, like%0Aa: b%0AMore info: https://docs/?a=b",
        "::error file=a%2C b%3A 5%25/Dockerfile,line=2,endLine=3,title=Build failed::failed to solve: it%0Afailed",
      ]);
    });

    it.each([undefined, "/elsewhere/Dockerfile", "/work/../x/Dockerfile"])(
      "are put on no file that is not there: %s",
      async (dockerfile) => {
        const github = renderer({ env, dockerfile });
        github.write({ ...vertex("a", { completed: SECOND }), warnings: [{ ...warning, short: "Hm" }] });
        await github.close();
        expect(output.text).toContain("::warning title=Dockerfile::Hm%0AStage names");
      },
    );
  });
});
