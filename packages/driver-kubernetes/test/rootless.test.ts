import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "@tsbx/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { never, TestNamespace } from "./namespace.ts";

let namespace: TestNamespace;
let work: string;
beforeAll(async () => {
  namespace = await TestNamespace.create();
  work = await mkdtemp(join(tmpdir(), "tsbx-rootless-"));
});
afterAll(async () => {
  await namespace.remove();
  await rm(work, { recursive: true });
});

test("a rootless pod boots without privileges, and builds", async () => {
  const node = namespace.node({ rootless: "true" });
  try {
    await node.boot();
    const [pod] = await namespace.pods();
    const { name } = pod!.metadata!;
    const unconfined = { type: "Unconfined" };
    expect(pod!.spec!.containers[0]!.securityContext).toEqual({
      seccompProfile: unconfined,
      // Out of the annotation.
      appArmorProfile: unconfined,
    });
    expect((await namespace.exec(name!, "id", "-u")).trim()).toBe("1000");
    const [worker] = await (await node.client()).listWorkers();
    expect(worker!.labels["org.mobyproject.buildkit.worker.oci.process-mode"]).toBe("no-sandbox");

    // Root of the user namespace may give files to other users of it.
    const dockerfile =
      "FROM busybox AS run\nRUN id -u > /user && chown 7:7 /user\nFROM scratch\nCOPY --from=run /user /\n";
    const run = build(node, {
      context: { files: { Dockerfile: dockerfile } },
      outputs: [{ type: "local", dest: join(work, "out") }],
    });
    await run.result;
    expect(await readFile(join(work, "out/user"), "utf8")).toBe("0\n");
    await node.handle.remove({ keepState: false }, never);
    await namespace.isEmpty();
  } finally {
    await node.close();
  }
});
