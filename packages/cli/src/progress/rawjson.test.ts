import { describe, expect, it } from "vitest";
import { RawJsonRenderer } from "./rawjson.ts";
import { encodeRawJson, formatTimestamp } from "./rawjson-encode.ts";
import { decodeRawJson, readRecordingLines, TestOutput } from "./recording.test.support.ts";

const empty = { vertexes: [], statuses: [], logs: [], warnings: [] };

describe("encodeRawJson", () => {
  // The recordings are lines that the peer printed.
  it.each(["ok", "cached", "fail", "warn", "long", "group", "par"])("prints the peer's bytes: %s", (name) => {
    const lines = readRecordingLines(name);
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.map((line) => encodeRawJson(decodeRawJson(line)))).toEqual(lines);
  });

  it("leaves out what is empty, and keeps what is always there", () => {
    expect(encodeRawJson(empty)).toBe("{}");
    const status = { id: "", vertex: "", name: "", current: 0, total: 0, timestamp: 0n };
    const vertex = { digest: "d", inputs: [], name: "", cached: false };
    const log = { vertex: "d", stream: 0, data: new Uint8Array(), timestamp: 1n };
    expect(encodeRawJson({ vertexes: [vertex], statuses: [status], logs: [log], warnings: [] })).toBe(
      '{"vertexes":[{"digest":"d"}],"statuses":[{"id":"","current":0,"timestamp":"1970-01-01T00:00:00Z"}],' +
        '"logs":[{"vertex":"d","data":null,"timestamp":"1970-01-01T00:00:00.000000001Z"}]}',
    );
  });

  it("escapes what HTML and JavaScript would trip over", () => {
    const vertex = { digest: "d", inputs: [], name: "<a> & \u2028", cached: false };
    expect(encodeRawJson({ ...empty, vertexes: [vertex] })).toBe(
      '{"vertexes":[{"digest":"d","name":"\\u003ca\\u003e \\u0026 \\u2028"}]}',
    );
  });
});

describe("formatTimestamp", () => {
  it.each([
    [0n, "1970-01-01T00:00:00Z"],
    [1_714_557_600_250_000_000n, "2024-05-01T10:00:00.25Z"],
    [1_714_557_600_000_000_100n, "2024-05-01T10:00:00.0000001Z"],
    [-1n, "1969-12-31T23:59:59.999999999Z"],
  ])("%s", (value, text) => {
    expect(formatTimestamp(value)).toBe(text);
  });
});

describe("RawJsonRenderer", () => {
  it("writes an event a line, at once", async () => {
    const output = new TestOutput();
    const renderer = new RawJsonRenderer({ output });
    renderer.write(empty);
    renderer.write(empty);
    expect(output.text).toBe("{}\n{}\n");
    await renderer.close();
    expect(output.text).toBe("{}\n{}\n");
  });
});
