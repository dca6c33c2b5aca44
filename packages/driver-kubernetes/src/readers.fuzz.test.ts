import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDriverOptions } from "@tsbx/core/driver";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect } from "vitest";
import type { WebSocket } from "ws";
import { bytes, changedBytes } from "../../../scripts/fuzz/bytes.ts";
import { fuzz } from "../../../scripts/fuzz/fuzz.ts";
import { fuzzReader } from "../../../scripts/fuzz/reader.ts";
import { changedJson, changedText, csv, text } from "../../../scripts/fuzz/text.ts";
import { findTarget } from "./access/target.ts";
import { parseEndpoint } from "./endpoint.ts";
import { stdinFrames, stdinLength } from "./exec/frames.ts";
import { processEnd } from "./exec/process-end.ts";
import { ExecStream } from "./exec/stream.ts";
import driver from "./index.ts";
import { parseKeyValues } from "./key-values.ts";
import { isQuantity } from "./quantity.ts";
import { workloadSettings } from "./settings.ts";
import { parseTolerations } from "./tolerations.ts";

describe("options", () => {
  const pairs = csv(
    ["a", "key", "operator", "effect", "value", "tolerationSeconds"],
    ["Exists", "NoSchedule", ";", "1"],
  );
  fuzzReader("keys and values", pairs, parseKeyValues);
  fuzzReader(
    "tolerations",
    fc.oneof(pairs, changedText(["key=a,operator=Exists;key=b,value=c"])),
    parseTolerations,
  );
  fuzzReader("a quantity", text(["1Gi", "500m", "1e3", "-1"]), isQuantity);
  const urls = ["kubernetes:///a?deployment=b&kubeconfig=%2Fc"];
  fuzzReader("an endpoint", fc.oneof(text(urls), changedText(urls)), parseEndpoint);

  const value = text(["a=b", "2", "true", "sticky", "1Gi", "5s", "key=a,operator=Exists", "StatefulSet"]);
  const name = fc.oneof(
    fc.constantFrom(...Object.keys(driver.options)),
    text(["env.A", "requests.cpu", "limits.x"]),
  );
  fuzzReader(
    "of a node",
    fc.tuple(fc.dictionary(name, value, { maxKeys: 4 }), text(["a0"])),
    ([given, node]) => {
      const options = parseDriverOptions(driver.options, given, { driver: "kubernetes", directory: "/" });
      return workloadSettings({ builder: "a", name: node, options });
    },
  );
});

describe("a kubeconfig", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "tsbx-fuzz-"));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const config = {
    "current-context": "a",
    contexts: [{ name: "a", context: { cluster: "b", user: "c", namespace: "d" } }],
    clusters: [{ name: "b", cluster: { server: "https://a.invalid" } }],
    users: [{ name: "c", user: { token: "x" } }],
  };
  const yaml = "current-context: &a b\ncontexts:\n- name: *a\n  context: {cluster: c}\n";
  // JSON is YAML.
  fuzzReader(
    "names a cluster, or what is wrong",
    fc.oneof(changedJson(config), changedText([yaml])),
    async (content) => {
      const path = join(directory, "config");
      writeFileSync(path, content);
      await findTarget({}, { KUBECONFIG: path });
    },
  );
});

const status = {
  kind: "Status",
  status: "Failure",
  message: "command terminated",
  details: { causes: [{ reason: "ExitCode", message: "1" }] },
};

describe("an exec", () => {
  fuzzReader("its status", changedJson(status), (json) => processEnd(json, ""));

  const chunks = fc.array(fc.oneof(bytes(40), fc.constant(Buffer.alloc(70_000, 1))), { maxLength: 5 });
  fuzz("its stdin arrives whole, in messages of a bounded size", chunks, (sent) => {
    const length = stdinLength(sent.reduce((sum, chunk) => sum + chunk.length, 0));
    const frames = stdinFrames(sent, Buffer.alloc(length));
    expect(Buffer.concat(frames)).toHaveLength(length);
    const payload = Buffer.concat(frames.map((frame) => frame.subarray(1)));
    expect(payload.equals(Buffer.concat(sent))).toBe(true);
    expect(frames.every((frame) => frame[0] === 0 && frame.length <= 64 * 1024 + 1)).toBe(true);
  });

  const channel = fc.constantFrom(0, 1, 1, 2, 3, 255).map((number) => Buffer.from([number]));
  const message = fc.tuple(
    channel,
    fc.oneof(
      bytes(30),
      changedJson(status).map((json) => Buffer.from(json)),
    ),
  );
  const messages = fc.array(
    changedBytes(
      message.map((parts) => Buffer.concat(parts)),
      2,
    ),
    { maxLength: 6 },
  );
  fuzz("ends whatever its messages are", messages, async (all) => {
    const socket = new FakeSocket();
    const stream = new ExecStream(socket as unknown as WebSocket, async () => new Error("it failed"));
    const closed = new Promise<void>((resolve) => stream.once("close", resolve));
    stream.on("end", () => stream.end()).resume();
    for (const each of all) socket.emit("message", each);
    socket.readyState = socket.CLOSED;
    socket.emit("close");
    await closed;
  });
});

/** What is used of a WebSocket, without a connection. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1;
  readonly CLOSED = 3;
  readonly protocol = "v5.channel.k8s.io";
  readyState = 1;
  pause(): void {}
  resume(): void {}
  close(): void {}
  terminate(): void {}
  send(_data: unknown, done?: () => void): void {
    done?.();
  }
}
