import { describe, expect, it } from "vitest";
import { LogTail } from "./log-tail.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const texts = (tail: LogTail) => tail.lines.map((line) => line.text);

describe("LogTail", () => {
  it("joins a line from chunks, with the time of the first", () => {
    const tail = new LogTail(1000);
    tail.append(bytes("one\ntw"), 1n);
    expect(tail.lines).toEqual([
      { elapsed: 1n, text: "one", ended: true },
      { elapsed: 1n, text: "tw", ended: false },
    ]);
    tail.append(bytes("o\n\nthree\n"), 2n);
    expect(tail.lines).toEqual([
      { elapsed: 1n, text: "one", ended: true },
      { elapsed: 1n, text: "two", ended: true },
      { elapsed: 2n, text: "", ended: true },
      { elapsed: 2n, text: "three", ended: true },
    ]);
  });

  it("joins a character split over two chunks", () => {
    const tail = new LogTail(1000);
    const data = bytes("é文\n");
    tail.append(data.subarray(0, 3), 0n);
    tail.append(data.subarray(3), 0n);
    expect(texts(tail)).toEqual(["é文"]);
  });

  it("keeps the latest lines within its limit and counts what it dropped", () => {
    const tail = new LogTail(100);
    for (let i = 0; i < 1000; i++) tail.append(bytes(`line ${i}\n`), 0n);
    expect(texts(tail).at(-1)).toBe("line 999");
    expect(texts(tail).join("").length).toBeLessThanOrEqual(100);
    expect(tail.dropped + tail.lines.length).toBe(1000);
    expect(tail.received).toBe(8890);
  });

  it("keeps the end of a line that is longer than its limit", () => {
    const tail = new LogTail(100);
    for (let i = 0; i < 50; i++) tail.append(bytes("0123456789"), 0n);
    tail.append(bytes("end"), 0n);
    expect(tail.lines).toHaveLength(1);
    expect(tail.lines[0]!.text.length).toBeLessThanOrEqual(100);
    expect(tail.lines[0]!.text.endsWith("0123456789end")).toBe(true);
  });

  it("forgets its lines when told to, and goes on", () => {
    const tail = new LogTail(100);
    tail.append(bytes("one\ntwo\n"), 0n);
    tail.clear();
    tail.append(bytes("three\n"), 0n);
    expect(texts(tail)).toEqual(["three"]);
    expect(tail.dropped).toBe(2);
  });
});
