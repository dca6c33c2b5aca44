import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { containerName, volumeName } from "../src/names.ts";
import { ask, connect, leftovers, never, nodeName } from "./engine.ts";

let name: string;
beforeEach(() => {
  name = nodeName();
});
afterEach(async () => {
  await connect(name).remove({ keepState: false }, never);
  expect(await leftovers(name)).toEqual([]);
});

const containerId = async () =>
  (await ask<{ Id: string }>("GET", `/containers/${containerName(name)}/json`))?.Id;

describe("boot", () => {
  test("from nothing, and again from stopped: the same container", async () => {
    const handle = connect(name);
    expect(await handle.status(never)).toMatchObject({ state: "inactive" });
    const steps: string[] = [];
    await handle.boot((step) => steps.push(String(step)), never);
    expect(steps).toEqual(
      expect.arrayContaining([
        expect.stringContaining("pulling image"),
        `creating container ${containerName(name)}`,
      ]),
    );
    const id = await containerId();
    await handle.stop(never);
    expect(await handle.status(never)).toMatchObject({ state: "stopped" });
    await handle.boot(() => {}, never);
    expect(await handle.status(never)).toMatchObject({ state: "running" });
    expect(await containerId()).toBe(id);
  });

  test("by four at once makes one container", async () => {
    const ids = await Promise.all(
      Array.from({ length: 4 }, async () => {
        await connect(name).boot(() => {}, never);
        return containerId();
      }),
    );
    expect(new Set(ids).size).toBe(1);
  });

  test("remove with keepState keeps the volume, and the next boot takes it", async () => {
    const handle = connect(name);
    await handle.boot(() => {}, never);
    const volume = await ask("GET", `/volumes/${volumeName(name)}`);
    await handle.remove({ keepState: true }, never);
    expect(await leftovers(name)).toEqual([volumeName(name)]);
    await handle.boot(() => {}, never);
    expect(await ask("GET", `/volumes/${volumeName(name)}`)).toEqual(volume);
  });
});

describe("a boot that fails leaves neither container nor volume", () => {
  test("when the image cannot be pulled", async () => {
    const handle = connect(name, { image: "moby/buildkit:no-such-tag" });
    await expect(handle.boot(() => {}, never)).rejects.toMatchObject({
      code: "BOOT_FAILED",
      message: expect.stringMatching(/^cannot pull image moby\/buildkit:no-such-tag: .*not found/),
      hint: expect.stringContaining("--driver-opt image"),
    });
  });

  test("when buildkitd ends at once: with its last lines", async () => {
    const handle = connect(name, {}, { buildkitdFlags: ["--no-such-flag"] });
    await expect(handle.boot(() => {}, never)).rejects.toMatchObject({
      code: "BOOT_FAILED",
      message: expect.stringMatching(/ended with exit code \d+:\n.*no-such-flag/s),
    });
    expect(await leftovers(name)).toEqual([]);
  });

  test("when Docker refuses the container", async () => {
    const handle = connect(name, { network: "container:no-such-container" });
    await expect(handle.boot(() => {}, never)).rejects.toMatchObject({
      code: "ENGINE_ERROR",
      message: expect.stringContaining("no-such-container"),
    });
    expect(await leftovers(name)).toEqual([]);
  });

  test.each(["pulling image", "creating container"])("when it is cancelled while %s", async (step) => {
    const cancel = new AbortController();
    const boot = connect(name).boot((text) => {
      if (String(text).startsWith(step)) cancel.abort();
    }, cancel.signal);
    await expect(boot).rejects.toMatchObject({ code: "ABORTED" });
    expect(await leftovers(name)).toEqual([]);
  });

  test("when the container is killed while it starts", async () => {
    const killed = connect(name, { "restart-policy": "no" }).boot(async (text) => {
      if (!String(text).startsWith("creating container")) return;
      while (!(await containerId()));
      await ask("POST", `/containers/${containerName(name)}/kill`).catch(() => {});
    }, never);
    // It may be killed before it runs, which Docker refuses, or just when it answers.
    const outcome = await killed.then(
      () => "booted",
      (error) => error.code,
    );
    expect(["booted", "BOOT_FAILED", "ENGINE_ERROR"]).toContain(outcome);
    if (outcome !== "booted") expect(await leftovers(name)).toEqual([]);
  });
});
