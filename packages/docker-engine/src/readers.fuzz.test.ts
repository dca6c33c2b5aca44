import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { duplexPair, Readable } from "node:stream";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { bytes, changedBytes, chunked } from "../../../scripts/fuzz/bytes.ts";
import { fuzz } from "../../../scripts/fuzz/fuzz.ts";
import { fuzzReader } from "../../../scripts/fuzz/reader.ts";
import { changedJson, changedText, text } from "../../../scripts/fuzz/text.ts";
import { parseAddress } from "./connection/address.ts";
import { checkEndpoint } from "./connection/resolve.ts";
import { currentContextName, findContext, listContexts } from "./contexts/contexts.ts";
import { commonVersion } from "./engine/version.ts";
import { FrameReader } from "./exec/frames.ts";
import { ExecStream } from "./exec/stream.ts";
import { reportLayer } from "./images/layers.ts";
import { engineMessages } from "./images/messages.ts";

function frame(stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

const frames = fc
  .array(fc.tuple(fc.constantFrom(0, 1, 1, 1, 2, 3, 255), bytes(30)), { maxLength: 6 })
  .map((all) => Buffer.concat(all.map(([stream, payload]) => frame(stream, payload))));

describe("frames of an exec", () => {
  fuzz("are the same wherever they are cut", chunked(changedBytes(frames)), (chunks) => {
    const read = (all: readonly Buffer[]) => {
      const streams = new Map<number, Buffer>();
      const reader = new FrameReader((stream, payload) => {
        streams.set(stream, Buffer.concat([streams.get(stream) ?? Buffer.alloc(0), payload]));
      });
      for (const chunk of all) reader.push(chunk);
      return { streams, partial: reader.partial };
    };
    expect(read(chunks)).toEqual(read([Buffer.concat(chunks)]));
  });

  fuzz("end the stream that they are in", chunked(changedBytes(frames)), async (chunks) => {
    const [near, far] = duplexPair();
    const stream = new ExecStream(near, async () => {});
    const closed = new Promise<void>((resolve) => stream.once("close", resolve));
    stream.on("end", () => stream.end()).resume();
    far.on("error", () => {}).resume();
    for (const chunk of chunks) far.write(chunk);
    far.end();
    await closed;
  });
});

describe("a daemon's addresses and contexts", () => {
  const urls = [
    "unix:///var/run/x",
    "tcp://a:1",
    "ssh://a@b:2/c",
    "npipe:////./pipe/x",
    "https://[::1]:2",
    "http://a",
  ];
  fuzzReader("a URL", fc.oneof(text(urls), changedText(urls)), parseAddress);
  fuzzReader("an endpoint", fc.oneof(text([...urls, "mine"]), changedText(urls)), checkEndpoint);
  fuzzReader("a version", text(["1.48", "1.", "99.99", "1.4e3"]), commonVersion);

  const id = "a591a6d40bf420404a011733cfb7b190d62c65bf0bcda32b57b277d9ad9f146e";
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "tsbx-fuzz-"));
    mkdirSync(join(directory, "contexts/meta", id), { recursive: true });
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const meta = {
    Name: "Hello World",
    Metadata: { Description: "a" },
    Endpoints: { docker: { Host: "unix:///x", SkipTLSVerify: true }, kubernetes: {} },
  };
  fuzzReader(
    "files",
    fc.tuple(changedJson(meta), changedJson({ currentContext: "Hello World" })),
    async ([one, two]) => {
      writeFileSync(join(directory, "contexts/meta", id, "meta.json"), one);
      writeFileSync(join(directory, "config.json"), two);
      const env = { DOCKER_CONFIG: directory };
      return [await listContexts(env), await findContext(env, "Hello World"), await currentContextName(env)];
    },
  );
});

describe("messages of a pull", () => {
  const message = {
    id: "a",
    status: "Downloading",
    progressDetail: { current: 1, total: 2, units: "s" },
    errorDetail: { message: "no" },
    error: "no",
  };
  const { errorDetail: _, error: __, ...well } = message;
  const lines = fc.array(
    fc.oneof({ weight: 4, arbitrary: changedJson(well) }, { weight: 1, arbitrary: changedJson(message) }),
    {
      maxLength: 4,
    },
  );
  fuzzReader("are told, or are its error", lines, async (all) => {
    const told: unknown[] = [];
    const answer = Readable.from([Buffer.from(all.join("\n"))]);
    for await (const each of engineMessages(answer, "Docker", "pull a")) {
      reportLayer(each, (name, amounts) => told.push(name, amounts));
    }
    return told;
  });
});
