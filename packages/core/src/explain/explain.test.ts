import { describe, expect, test } from "vitest";
import { explainMisses } from "./explain.ts";
import type { FileList } from "./files.ts";
import type { GraphStep, StepSource } from "./graph.ts";
import { type CacheSnapshot, snapshotStep } from "./snapshot.ts";

interface Given {
  on?: string[];
  parts?: Record<string, string>;
  variables?: Record<string, string>;
  takes?: string;
  ignoresCache?: boolean;
  source?: StepSource;
  name?: string;
}

const LOCAL: StepSource = {
  kind: "local",
  mount: "context",
  filter: { include: [], exclude: [], follow: [] },
};

function step(digest: string, given: Given): GraphStep {
  const { on = [], parts = { command: digest }, variables = {}, takes, ignoresCache = false, source } = given;
  return {
    digest,
    name: given.name ?? `[s ${digest}] RUN ${digest}`,
    inputs: on,
    ignoresCache,
    parts: source ? {} : parts,
    variables,
    ...(source && { source }),
    takes: takes ? [{ source: "context", path: takes, include: [], exclude: [] }] : [],
  };
}

interface Build {
  steps: Record<string, Given>;
  files?: Record<string, string>;
  buildArgs?: string[];
  done?: string[];
}

function snapshot({ steps, files = {}, buildArgs = [], done }: Build): {
  graph: GraphStep[];
  taken: CacheSnapshot;
} {
  const graph = Object.entries(steps).map(([digest, given]) => step(digest, given));
  const byDigest = new Map(graph.map((each) => [each.digest, each]));
  const list: FileList = Object.fromEntries(
    Object.entries(files).map(([path, digest]) => [path, ["", digest]]),
  );
  const finished = done && new Set(done);
  return {
    graph,
    taken: {
      version: 1,
      steps: graph.filter(({ source }) => !source).map((each) => snapshotStep(each, byDigest, finished)),
      files: { context: list },
      arguments: buildArgs,
    },
  };
}

/** The reasons by step when `ran` did, all of them when left out. */
function reasons(before: Build | undefined, now: Build, ran?: string[]) {
  const current = snapshot(now);
  const found = explainMisses({
    graphs: [{ node: "n", steps: current.graph, directories: {} }],
    now: current.taken,
    before: before && snapshot(before).taken,
    ran: new Set(ran ?? Object.keys(now.steps)),
  });
  return Object.fromEntries(found.map(({ digest, reasons }) => [digest, reasons]));
}

const image = (id: string): Given => ({ source: { kind: "image", name: "base", id } });
const BUILD: Build = {
  steps: {
    base: image("1"),
    context: { source: LOCAL },
    a: { on: ["base"] },
    b: { on: ["a", "context"], takes: "/src" },
    c: { on: ["b"], variables: { A: "1", B: "1" } },
    d: { on: ["base"] },
  },
  files: { "src/x": "1", "src/y": "1", other: "1" },
};
const but = (steps: Record<string, Given>, more: Partial<Build> = {}): Build => ({
  ...BUILD,
  ...more,
  steps: { ...BUILD.steps, ...steps },
});
const follows = (name: string) => [{ kind: "follows", step: `[s ${name}] RUN ${name}` }];
const NOT_CACHED = [{ kind: "not-cached", unless: [] }];

describe("why steps were not cached", () => {
  test("is not known without a build before", () => {
    expect(reasons(undefined, but({ d: { on: ["base"], ignoresCache: true } }))).toEqual({
      a: [{ kind: "unknown" }],
      b: [{ kind: "unknown" }],
      c: [{ kind: "unknown" }],
      d: [{ kind: "no-cache" }],
    });
  });

  test("is the daemon's cache when nothing has changed, for every step", () => {
    expect(reasons(BUILD, BUILD)).toEqual({ a: NOT_CACHED, b: NOT_CACHED, c: NOT_CACHED, d: NOT_CACHED });
  });

  test("is asked only of steps that ran", () => {
    expect(reasons(BUILD, BUILD, ["b", "base"])).toEqual({ b: NOT_CACHED });
  });

  test("is the files that a step reads, and then that step", () => {
    const files = { "src/x": "2", "src/new": "1", other: "2" };
    expect(reasons(BUILD, { ...BUILD, files })).toEqual({
      a: NOT_CACHED,
      b: [{ kind: "files", changed: ["src/x"], added: ["src/new"], removed: ["src/y"] }],
      c: follows("b"),
      d: NOT_CACHED,
    });
  });

  test("is a file that nobody knows the content of", () => {
    const files = { ...BUILD.files, "src/x": "" };
    expect(reasons({ ...BUILD, files }, { ...BUILD, files }, ["b"])).toMatchObject({
      b: [{ changed: ["src/x"] }],
    });
  });

  test("is arguments and variables, by name", () => {
    const now = but({ c: { on: ["b"], variables: { A: "2", C: "1" } } }, { buildArgs: ["A"] });
    expect(reasons({ ...BUILD, buildArgs: ["B"] }, now, ["c"])).toEqual({
      c: [
        { kind: "argument", name: "A" },
        { kind: "argument", name: "B" },
        { kind: "variable", name: "C" },
      ],
    });
  });

  test("is what a step does, also when its input was cached", () => {
    const now = but({ a: { on: ["base"], parts: { command: "a", user: "1" } } });
    expect(reasons(BUILD, now, ["c", "d"])).toEqual({ c: follows("a"), d: NOT_CACHED });
    expect(reasons(BUILD, now, ["a"])).toEqual({ a: [{ kind: "part", name: "user" }] });
  });

  test("is the image, for the steps right upon it", () => {
    expect(reasons(BUILD, but({ base: image("2") }))).toEqual({
      a: [{ kind: "image", name: "base" }],
      b: follows("a"),
      c: follows("b").map(() => follows("a")[0]),
      d: [{ kind: "image", name: "base" }],
    });
  });

  test("is a step without the cache above it", () => {
    expect(reasons(BUILD, but({ a: { on: ["base"], ignoresCache: true } }))).toMatchObject({
      a: [{ kind: "no-cache" }],
      b: follows("a"),
      c: follows("a"),
      d: NOT_CACHED,
    });
  });

  test("is a new step, and one that is gone", () => {
    const inserted: Build = {
      ...BUILD,
      steps: {
        ...BUILD.steps,
        new: { on: ["a"] },
        b: { on: ["new", "context"], takes: "/src" },
      },
    };
    expect(reasons(BUILD, inserted)).toMatchObject({
      new: [{ kind: "new" }],
      b: follows("new"),
      c: follows("new"),
    });
    expect(reasons(inserted, BUILD)).toMatchObject({
      a: NOT_CACHED,
      b: [{ kind: "rewired" }],
      c: follows("b"),
    });
  });

  test("is a changed command at the same place, not a new step", () => {
    const named = (text: string): Build =>
      but({ d: { on: ["base"], name: `[s 2/2] RUN ${text}`, parts: { command: text } } });
    expect(reasons(named("old"), named("new"), ["d"])).toEqual({ d: [{ kind: "part", name: "command" }] });
    const other = but({ d: { on: ["base"], name: "[s 2/2] COPY x /", parts: { command: "x" } } });
    expect(reasons(named("old"), other, ["d"])).toEqual({ d: [{ kind: "new" }] });
  });

  test("is that a step was not finished the last time", () => {
    const failed = { ...BUILD, done: ["a"] };
    expect(reasons(failed, BUILD)).toEqual({
      a: NOT_CACHED,
      b: [{ kind: "unfinished" }],
      c: [{ kind: "unfinished" }],
      d: [{ kind: "unfinished" }],
    });
    const changed = but({ a: { on: ["base"], parts: { command: "2" } } });
    expect(reasons(failed, changed, ["b"])).toEqual({ b: follows("a") });
  });

  test("may be in a source that nobody here knows", () => {
    const source: StepSource = { kind: "other", name: "https://host/x", isFixed: false };
    const build = but({
      url: { source },
      d: { on: ["url"] },
      e: { on: ["d"] },
      f: { on: ["fixed"] },
      fixed: { source: { ...source, isFixed: true } },
    });
    const unknown = [{ kind: "not-cached", unless: ["https://host/x"] }];
    expect(reasons(build, build, ["d", "e", "f"])).toEqual({ d: unknown, e: unknown, f: NOT_CACHED });
  });

  test("takes graphs that go round", () => {
    const round = but({ a: { on: ["b"] } });
    expect(Object.keys(reasons(round, round))).toEqual(["a", "b", "c", "d"]);
  });
});
