import { Writable } from "node:stream";
import { type ProgressEvent, Timeline } from "@tsbx/core/progress";
import fc from "fast-check";
import { describe, expect } from "vitest";
import { bytes } from "../../../../scripts/fuzz/bytes.ts";
import { fuzz } from "../../../../scripts/fuzz/fuzz.ts";
import { fuzzReader } from "../../../../scripts/fuzz/reader.ts";
import { csv, text } from "../../../../scripts/fuzz/text.ts";
import { cutToWidth, displayWidth, padToWidth } from "./display-width.ts";
import { readPalette } from "./palette.ts";
import { createRenderer } from "./renderer.ts";
import { terminalText } from "./terminal-text.ts";
import { layoutFrame } from "./tty-layout.ts";

const id = fc.constantFrom("a", "b", "c", "");
const name = text([
  "RUN make",
  "[2/3] 日本語のファイル",
  "👩‍👩‍👧‍👦 🇩🇪 ❤️",
  "\u001b[31mred\u001b[0m",
  "\u202ertl",
  "a\tb",
  "a\rb",
  "ก็",
]);
const time = fc.constantFrom(0n, 1n, 1_700_000_000_000_000_000n, -1n, 2n ** 63n - 1n);
const when = fc.option(time, { nil: undefined });
const amount = fc.constantFrom(0, 1, -1, 1e6, 2 ** 63, Number.NaN);
const group = fc.record({ id, name, weak: fc.boolean() });
const vertex = fc.record({
  digest: id,
  inputs: fc.constant<string[]>([]),
  name,
  cached: fc.boolean(),
  started: when,
  completed: when,
  error: fc.option(text(["context canceled"]), { nil: undefined }),
  progressGroup: fc.option(group, { nil: undefined, freq: 1 }),
});
const status = fc.record({
  id: name,
  vertex: id,
  name,
  current: amount,
  total: amount,
  timestamp: time,
  started: when,
  completed: when,
});
const output = fc.oneof(
  bytes(60),
  name.map((each) => Buffer.from(`${each}\n`)),
  fc.constant(Buffer.alloc(5000, "x")),
);
const log = fc.record({ vertex: id, stream: fc.nat(3), data: output, timestamp: time });
const position = fc.record({ line: fc.integer({ max: 5 }), character: fc.nat() });
const warning = fc.record({
  vertex: id,
  level: fc.nat(2),
  short: name,
  detail: fc.array(name, { maxLength: 2 }),
  url: fc.option(name, { nil: undefined }),
  source: fc.option(fc.record({ filename: name, data: output }), { nil: undefined }),
  ranges: fc.array(fc.record({ start: position, end: position }), { maxLength: 2 }),
});
const few = <T>(values: fc.Arbitrary<T>) => fc.array(values, { maxLength: 3 });
const event = fc.record({
  vertexes: few(vertex),
  statuses: few(status),
  logs: few(log),
  warnings: few(warning),
});
const events = fc.array(event, { maxLength: 5 }) as unknown as fc.Arbitrary<ProgressEvent[]>;
const size = { columns: fc.integer({ min: 1, max: 100 }), rows: fc.integer({ min: 1, max: 30 }) };

const CONTROL = /(?!\n)\p{Cc}/u;
const COLORS = /\p{Cc}\[[\d;:]*m/gu;
/** All that a picture has of control sequences, but for its colours. */
const PICTURE = /\p{Cc}\[(?:\?25[hl]|\?7[hl]|\d+A|\d+G|K|J)|\r/gu;
/** The time at the end of a row, and the column where it begins. */
const TIME = /\p{Cc}\[K\p{Cc}\[(\d+)G([\d.]+s)$/u;

describe("progress", () => {
  fuzz(
    "is drawn in the terminal's width, and without what it must not hold",
    fc.record({ events, ...size }),
    (given) => {
      const timeline = new Timeline();
      for (const each of given.events) timeline.apply(each, 0n);
      for (const final of [false, true]) {
        const lines = layoutFrame(timeline, {
          width: given.columns,
          height: given.rows,
          now: 4_000_000_000n,
          final,
          phase: "Building",
          description: "driver:builder",
          palette: {},
          windowHeight: 6,
        });
        // A row that is full makes the terminal wrap; one column leaves no place for anything.
        for (const line of lines) {
          // What runs is faint.
          const [, column, time = ""] = TIME.exec(line.replace(COLORS, "")) ?? [];
          const plain = line.replace(COLORS, "").replace(TIME, "");
          if (column) expect(Number(column) + time.length).toBe(given.columns);
          expect(plain).not.toMatch(CONTROL);
          expect(displayWidth(plain)).toBeLessThan(Math.max(2, given.columns));
        }
        if (!final) expect(lines.length).toBeLessThanOrEqual(Math.max(2, given.rows));
      }
    },
  );

  const modes = fc.constantFrom("tty", "plain", "rawjson", "quiet");
  fuzz(
    "is shown in any way, whatever it is",
    fc.record({ events, mode: modes, debug: fc.boolean(), ...size }),
    async (given) => {
      let written = "";
      const stream = new Writable({
        write(chunk, _encoding, done) {
          written += chunk;
          done();
        },
      });
      const { columns, rows, debug, mode } = given;
      const screen = Object.assign(stream, { isTTY: true, columns, rows });
      const renderer = await createRenderer(mode, {
        output: screen,
        env: {},
        debug,
        description: { builder: "b" },
      });
      for (const each of given.events) renderer.write(each);
      await renderer.close();
      if (mode === "rawjson") for (const line of written.split("\n")) if (line) JSON.parse(line);
      if (mode === "tty") expect(written.replace(PICTURE, "").replace(COLORS, "")).not.toMatch(CONTROL);
    },
  );
});

describe("text for a terminal", () => {
  fuzz("has colours at the most", name, (given) => {
    expect(terminalText(given)).not.toMatch(/\p{Cc}/u);
    expect(terminalText(given, { colors: true }).replace(COLORS, "")).toBe(terminalText(given));
  });

  fuzz("is as wide as it is cut and padded to", fc.tuple(name, fc.nat(20)), ([given, width]) => {
    const cut = cutToWidth(given, width);
    expect(given.startsWith(cut)).toBe(true);
    expect(displayWidth(cut)).toBeLessThanOrEqual(width);
    expect(displayWidth(padToWidth(cut, width))).toBe(width);
  });

  const colors = csv(
    ["run", "error", "cancel", "warning"],
    ["red", "light-blue", "1,2,3", "256,0,0", ":", "="],
  );
  fuzzReader("BUILDKIT_COLORS", colors, (value) => readPalette({ BUILDKIT_COLORS: value }, "linux"));
});
