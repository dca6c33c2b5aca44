import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { containerName, volumeName } from "../src/names.ts";
import { ask, connect, leftovers, never, nodeName } from "./engine.ts";
import { startEngineProxy } from "./engine-proxy.ts";

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

  test.each([
    ["asks Docker for the container", /^POST .*\/create$/, false],
    ["waits for it", /^POST .*\/create$/, false, 15],
    ["waits longer for it", /^POST .*\/create$/, false, 25],
    ["is told of it", /^POST .*\/create$/, true],
    ["configures it", /^PUT .*\/archive$/, false],
    ["starts it", /^POST .*\/start$/, false],
    ["is told that it runs", /^POST .*\/start$/, true],
    ["asks whether buildkitd answers", /^POST .*\/exec$/, false],
  ])("when it is cancelled as it %s", async (_, pattern, answered, milliseconds = 0) => {
    const cancel = new AbortController();
    const passed: string[] = [];
    const endpoint = await startEngineProxy((passing) => {
      if (!cancel.signal.aborted) passed.push(passing.request);
      if (passing.answered !== answered || !pattern.test(passing.request)) return undefined;
      if (milliseconds > 0) setTimeout(() => cancel.abort(), milliseconds);
      else cancel.abort();
      return undefined;
    });
    const boot = connect(name, {}, { endpoint }).boot(() => {}, cancel.signal);
    await expect(boot).rejects.toMatchObject({ code: "ABORTED" });
    expect(passed).toContainEqual(expect.stringMatching(pattern));
    expect(await leftovers(name)).toEqual([]);
  });
});

test("a Docker that says nothing when asked for a way to buildkitd fails the boot within ten seconds", async () => {
  const endpoint = await startEngineProxy(({ request }) =>
    /^POST .*\/exec$/.test(request) ? "hold" : undefined,
  );
  const started = Date.now();
  await expect(connect(name, {}, { endpoint }).boot(() => {}, never)).rejects.toMatchObject({
    code: "ENGINE_UNREACHABLE",
    message: expect.stringContaining("did not answer within 8 s"),
  });
  expect(Date.now() - started).toBeLessThan(12_000);
});
