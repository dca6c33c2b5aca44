import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { execStdio } from "../src/exec/exec.ts";
import type { ProcessEnd } from "../src/exec/process-end.ts";
import { dialPod } from "../src/pod.ts";
import { eventually, failureOf, kubernetes, never, TestNamespace } from "./namespace.ts";

const MIB = 1024 * 1024;

let namespace: TestNamespace;
let pod: string;
beforeAll(async () => {
  namespace = await TestNamespace.create();
  await namespace.handle().boot(() => {}, never);
  pod = (await namespace.pods())[0]!.metadata!.name!;
});
afterAll(() => namespace.remove());

const outcome = async (end: ProcessEnd) =>
  end.success ? undefined : Object.assign(new Error("ended"), { end });

function exec(...command: string[]) {
  return execStdio(namespace.cluster.client, { pod, container: "buildkitd", command }, outcome, never);
}

test("64 MiB go through cat and come back as they were, and a slow reader holds the writer up", async () => {
  const bytes = randomBytes(64 * MIB);
  const stream = await exec("cat");
  const back = createHash("sha256");
  let written = 0;
  let read = 0;
  let mostUnderWay = 0;
  let mostHeld = 0;
  async function* source() {
    for (; written < bytes.length; written += 65_536) yield bytes.subarray(written, written + 65_536);
  }
  await pipeline(source, stream, async (output: AsyncIterable<Buffer>) => {
    for await (const chunk of output) {
      read += chunk.length;
      back.update(chunk);
      mostUnderWay = Math.max(mostUnderWay, written - read);
      mostHeld = Math.max(mostHeld, stream.readableLength);
      await setImmediate();
    }
  });
  expect(back.digest("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
  expect(mostHeld).toBeLessThan(MIB);
  expect(mostUnderWay).toBeLessThan(48 * MIB);
});

test("ending the writable side closes stdin; what comes after that is read to its end", async () => {
  const stream = await exec("sh", "-c", "cat; echo and more");
  stream.end("all");
  expect(await text(stream)).toBe("alland more\n");
});

test("destroying the stream ends the command", async () => {
  const stream = await exec("sh", "-c", "echo $$; cat");
  const [output] = await once(stream, "data");
  const pid = String(output).trim();
  stream.destroy();
  await eventually(async () => {
    expect(await text(await exec("sh", "-c", `kill -0 ${pid} 2>/dev/null || echo gone`))).toBe("gone\n");
  });
});

test("what a command writes to stderr and its exit code are in its end", async () => {
  const stream = await exec("sh", "-c", "echo out; echo oh dear >&2; exit 7");
  const output: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => output.push(chunk));
  const [error] = await once(stream, "error").catch((error: Error) => [error]);
  expect(error.end).toMatchObject({ success: false, exitCode: 7, stderr: "oh dear" });
  expect(Buffer.concat(output).toString()).toBe("out\n");
});

test("a command that is not there", async () => {
  const stream = await exec("no-such-command");
  const [error] = await once(stream, "error").catch((error: Error) => [error]);
  expect(error.end.message).toContain("no-such-command");
});

test("a pod that someone else runs is dialled by its name, with or without its container's", async () => {
  const address = { kubeconfig: kubernetes.kubeconfig, namespace: namespace.name, pod };
  for (const container of [undefined, "buildkitd"]) {
    const connection = await dialPod({ ...address, container }, {}, never);
    // The SETTINGS frame of HTTP/2.
    expect(connection.read(9)[3]).toBe(4);
    connection.destroy();
  }
  expect(await failureOf(dialPod({ ...address, pod: "none" }, {}, never))).toMatchObject({
    code: "KUBERNETES_NOT_FOUND",
    message: `there is no pod none in namespace ${namespace.name}`,
  });
  expect((await failureOf(dialPod({ ...address, container: "none" }, {}, never))).message).toContain("none");
});
