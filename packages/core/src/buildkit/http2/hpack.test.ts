import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytes, changedBytes } from "../../../../../scripts/fuzz/bytes.ts";
import { fuzz } from "../../../../../scripts/fuzz/fuzz.ts";
import { ProtocolError } from "./frame.ts";
import { encodeHeaders, type Field, HeaderDecoder } from "./hpack.ts";

const byteText = bytes(20).map((each) => Buffer.from(each).toString("latin1"));

describe("HeaderDecoder", () => {
  it("reads the examples of RFC 7541, C.4 and C.6, whose blocks build on each other", () => {
    const requests = new HeaderDecoder();
    const read = (decoder: HeaderDecoder, hex: string) =>
      decoder.decode(Buffer.from(hex.replaceAll(" ", ""), "hex"));
    const common: Field[] = [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "www.example.com"],
    ];
    expect(read(requests, "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff")).toEqual(common);
    expect(read(requests, "8286 84be 5886 a8eb 1064 9cbf")).toEqual([
      ...common,
      ["cache-control", "no-cache"],
    ]);
    expect(read(requests, "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf")).toEqual([
      [":method", "GET"],
      [":scheme", "https"],
      [":path", "/index.html"],
      [":authority", "www.example.com"],
      ["custom-key", "custom-value"],
    ]);
  });

  it("forgets the oldest where the table is full", () => {
    const decoder = new HeaderDecoder();
    const added = (name: string, value: string) =>
      Buffer.concat([Buffer.from([0x40]), text(name), text(value)]);
    decoder.decode(added("first", "x".repeat(3000)));
    expect(decoder.decode(Buffer.from([0x80 | 62]))).toEqual([["first", "x".repeat(3000)]]);
    decoder.decode(added("second", "y".repeat(2000)));
    expect(decoder.decode(Buffer.from([0x80 | 62]))).toEqual([["second", "y".repeat(2000)]]);
    expect(() => decoder.decode(Buffer.from([0x80 | 63]))).toThrow(ProtocolError);
    // A size of 0 empties it.
    expect(() => decoder.decode(Buffer.from([0x20, 0x80 | 62]))).toThrow(ProtocolError);
  });

  it.each([
    ["an index of 0", [0x80]],
    ["an integer without an end", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ["text that is cut off", [0x00, 0x05, 0x61]],
    ["a table that is larger than allowed", [0x3f, 0xe2, 0x1f]],
    ["a table size behind a header", [0x82, 0x20]],
    ["padding that is no end of string", [0x00, 0x81, 0x00, 0x00]],
    ["more than a byte of padding", [0x00, 0x82, 0xff, 0xff, 0x00]],
    ["the code of the end of a string", [0x00, 0x84, 0xff, 0xff, 0xff, 0xff, 0x00]],
  ])("refuses %s", (_, bytes) => {
    expect(() => new HeaderDecoder().decode(Buffer.from(bytes))).toThrow(ProtocolError);
  });
});

function text(value: string): Buffer {
  const length =
    value.length < 127
      ? [value.length]
      : [127, ((value.length - 127) & 0x7f) | 0x80, (value.length - 127) >> 7];
  return Buffer.concat([Buffer.from(length), Buffer.from(value)]);
}

describe("encodeHeaders", () => {
  it("writes what is read back, long or short", () => {
    const fields: Field[] = [
      [":method", "POST"],
      ["x-empty", ""],
      ["x-long", "y".repeat(20_000)],
      ["user-agent", "caf\u00e9"],
    ];
    expect(new HeaderDecoder().decode(encodeHeaders(fields))).toEqual(fields);
  });

  const fields = fc.array(fc.tuple(byteText, byteText), { maxLength: 8 });
  fuzz("writes anything so that it is read back", fields, (given) => {
    expect(new HeaderDecoder().decode(encodeHeaders(given))).toEqual(given);
  });
});

describe("a block of anything", () => {
  const blocks = fc.oneof(bytes(), changedBytes(fc.array(fc.tuple(byteText, byteText)).map(encodeHeaders)));
  fuzz("is read or refused", blocks, (block) => {
    try {
      new HeaderDecoder().decode(Buffer.from(block));
    } catch (error) {
      expect(error).toBeInstanceOf(ProtocolError);
    }
  });
});
