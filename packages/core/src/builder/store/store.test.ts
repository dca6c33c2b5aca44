import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BuilderStore } from "./store.ts";
import type { StoredBuilder } from "./stored-builder.ts";

const never = new AbortController().signal;
const simple: StoredBuilder = {
  name: "simple",
  driver: "remote",
  nodes: [{ name: "simple0", endpoint: "tcp://127.0.0.1:1234" }],
  dynamic: false,
};
const full: StoredBuilder = {
  name: "full",
  driver: "docker-container",
  nodes: [
    {
      name: "full0",
      endpoint: "unix:///var/run/docker.sock",
      platforms: ["linux/amd64", "linux/arm/v7", "windows(10.0.1+win32k)/amd64"],
      driverOpts: { network: "host", "env.A": "<b>&c" },
      flags: ["--debug"],
      files: { "buildkitd.toml": Buffer.from("debug = true\n") },
    },
    { name: "full1", endpoint: "elsewhere" },
  ],
  dynamic: false,
};

let directory: string;
let store: BuilderStore;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tsbx-store-"));
  store = new BuilderStore(join(directory, "buildx"), {});
});
afterEach(() => rm(directory, { recursive: true }));

const put = (...builders: StoredBuilder[]) =>
  store.update(async (update) => {
    for (const builder of builders) await update.put(builder);
  }, never);
const file = (...names: string[]) => join(store.dir, ...names);

describe("builders", () => {
  test("of a store that is not there: none, and none is made by looking", async () => {
    expect(await store.list()).toEqual({ builders: [], failures: [] });
    expect(await store.get("simple")).toBeUndefined();
    expect(await store.currentName("unix:///a")).toBeUndefined();
    expect(await store.lastActivity("simple")).toBeUndefined();
    expect(await readdir(directory)).toEqual([]);
  });

  test("come back as they were put, by name", async () => {
    await put(simple, full);
    const { builders, failures } = await store.list();
    expect(failures).toEqual([]);
    expect(JSON.parse(JSON.stringify(builders))).toEqual(JSON.parse(JSON.stringify([full, simple])));
    expect(await store.get("SIMPLE")).toEqual(simple);
  });

  test("are files of the user alone, and nothing else is left", async () => {
    await put(simple);
    expect((await stat(file("instances/simple"))).mode & 0o777).toBe(0o600);
    expect((await stat(file("instances"))).mode & 0o777).toBe(0o700);
    expect((await readdir(store.dir)).sort()).toEqual([".lock", "activity", "defaults", "instances", "refs"]);
  });

  test("are removed with their activity and the records of their builds", async () => {
    await put(simple, full);
    await mkdir(file("refs/simple/simple0"), { recursive: true });
    await store.update((update) => update.remove("simple"), never);
    expect(await readdir(file("instances"))).toEqual(["full"]);
    expect(await readdir(file("activity"))).toEqual(["full"]);
    expect(await readdir(file("refs"))).toEqual([]);
  });

  test("and groups of builds go when none of their builds is left", async () => {
    await put(simple, full);
    for (const path of ["simple/s0/r1", "simple/s0/r2", "simple/s1/r3", "full/f0/r4"]) {
      const [builder, node, ref] = path.split("/") as [string, string, string];
      await store.recordBuild(builder, node, ref, { context: "/c", dockerfile: "/d" });
    }
    await mkdir(file("refs/__group__"));
    const groups = {
      one: ["r1"],
      nodes: ["r2", "simple/s1/r3"],
      builders: ["r1", "r4"],
      foreign: ["unknown"],
    };
    for (const [name, Refs] of Object.entries(groups)) {
      await writeFile(file("refs/__group__", name), JSON.stringify({ Targets: ["t"], Refs }));
    }
    await writeFile(file("refs/__group__/torn"), "{");
    const left = async () => (await readdir(file("refs/__group__"))).sort();
    await store.update((update) => update.forgetNode("simple", "s1"), never);
    expect(await left()).toEqual(["builders", "foreign", "nodes", "one", "torn"]);
    await store.update((update) => update.remove("simple"), never);
    expect(await left()).toEqual(["builders", "foreign", "torn"]);
    await store.update((update) => update.remove("full"), never);
    expect(await left()).toEqual(["foreign", "torn"]);
  });

  test("with names that would be paths are refused, or are none", async () => {
    await expect(put({ ...simple, name: "../simple" })).rejects.toMatchObject({ code: "INVALID_NAME" });
    expect(await store.get("../instances/simple")).toBeUndefined();
    expect(await store.lastActivity("../x")).toBeUndefined();
    await store.recordActivity("../x");
    expect(existsSync(file("x"))).toBe(false);
  });
});

describe("a file that cannot be read is named, and left as it is", () => {
  const valid = { Name: "a", Driver: "remote", Nodes: [{ Name: "a0", Endpoint: "x" }], Dynamic: false };
  const node = (member: object) => ({ ...valid, Nodes: [{ ...valid.Nodes[0], ...member }] });
  test.each<[string, string, RegExp]>([
    ["empty", "", /JSON/],
    ["cut short", JSON.stringify(valid).slice(0, 20), /JSON/],
    ["a list", "[]", /the builder is not an object/],
    ["a newer version's", JSON.stringify({ ...valid, Later: 1 }), /has a member Later, which this version/],
    ["a newer node", JSON.stringify(node({ Later: 1 })), /Nodes\[0\] has a member Later/],
    ["without a driver", JSON.stringify({ ...valid, Driver: "" }), /no driver/],
    ["without nodes", JSON.stringify({ ...valid, Nodes: [] }), /no nodes/],
    ["of other types", JSON.stringify(node({ Endpoint: 1 })), /Nodes\[0\]\.Endpoint is not a string/],
    ["with files that are not base64", JSON.stringify(node({ Files: { a: "*" } })), /Files a is not base64/],
  ])("%s", async (_, text, message) => {
    await put(simple);
    await writeFile(file("instances/a"), text);
    const { builders, failures } = await store.list();
    expect(builders).toEqual([simple]);
    expect(failures).toEqual([
      expect.objectContaining({
        code: "STORE_UNREADABLE",
        message: expect.stringContaining(file("instances/a")),
        hint: expect.stringContaining("newer version"),
      }),
    ]);
    expect(failures[0]!.message).toMatch(message);
    await expect(store.get("a")).rejects.toMatchObject({ code: "STORE_UNREADABLE" });
    expect(await readFile(file("instances/a"), "utf8")).toBe(text);
  });

  test("the current one", async () => {
    await put(simple);
    await writeFile(file("current"), '{"Key":1}');
    await expect(store.currentName("k")).rejects.toMatchObject({
      code: "STORE_UNREADABLE",
      message: expect.stringContaining(file("current")),
    });
  });

  test("a time of activity", async () => {
    await put(simple);
    await writeFile(file("activity/simple"), "yesterday");
    await expect(store.lastActivity("simple")).rejects.toMatchObject({ code: "STORE_UNREADABLE" });
  });
});

test("what cannot be written is named, and no temporary file is left", async () => {
  await put(simple);
  await mkdir(file("instances/full"));
  await expect(put(full)).rejects.toMatchObject({
    code: "STORE_UNWRITABLE",
    message: expect.stringContaining(file("instances/full")),
  });
  expect((await readdir(store.dir)).filter((name) => name.startsWith(".tmp"))).toEqual([]);
});

test("a store below a file cannot be made", async () => {
  await writeFile(join(directory, "file"), "");
  const below = new BuilderStore(join(directory, "file/buildx"), {});
  expect(await below.list()).toEqual({ builders: [], failures: [] });
  await expect(below.update(async () => {}, never)).rejects.toMatchObject({ code: "STORE_UNWRITABLE" });
});

describe("the builder in use", () => {
  const use = (...args: Parameters<Parameters<Parameters<BuilderStore["update"]>[0]>[0]["use"]>) =>
    store.update((update) => update.use(...args), never);

  test("belongs to an endpoint", async () => {
    await put(simple, full);
    await use("unix:///a", "simple");
    expect(await store.currentName("unix:///a")).toBe("simple");
    expect(await store.currentName("unix:///b")).toBeUndefined();
  });

  test("or to all of them", async () => {
    await put(simple);
    await use("unix:///a", "simple", { global: true });
    expect(await store.currentName("unix:///b")).toBe("simple");
  });

  test("is the default again after another endpoint had its turn", async () => {
    await put(simple, full);
    await use("unix:///a", "simple", { asDefault: true });
    await use("unix:///b", "full");
    expect(await store.currentName("unix:///a")).toBe("simple");
    expect(await store.currentName("unix:///b")).toBe("full");
    await use("unix:///a", "full");
    await use("unix:///b", "full");
    expect(await store.currentName("unix:///a")).toBeUndefined();
  });

  test("is none when it was removed", async () => {
    await put(simple);
    await use("unix:///a", "simple", { global: true });
    await store.update((update) => update.remove("simple"), never);
    expect(await store.currentName("unix:///a")).toBeUndefined();
  });

  test("is none when it was the default and was removed while another endpoint had its turn", async () => {
    await put(simple);
    await use("unix:///a", "simple", { asDefault: true });
    await use("unix:///b", "simple");
    await store.update((update) => update.remove("simple"), never);
    expect(await store.currentName("unix:///a")).toBeUndefined();
  });
});

test("activity is a time of now, to the second", async () => {
  const before = Math.floor(Date.now() / 1000) * 1000;
  await store.recordActivity("default");
  const activity = await store.lastActivity("default");
  expect(activity!.getTime()).toBeGreaterThanOrEqual(before);
  expect(await readFile(file("activity/default"), "utf8")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test("what root writes for a user behind sudo belongs to that user", async () => {
  if (process.getuid?.() !== 0) return;
  const { chown } = await import("node:fs/promises");
  await chown(directory, 12345, 23456);
  const env = { HOME: directory, SUDO_COMMAND: "tsbx", SUDO_UID: "12345", SUDO_GID: "23456" };
  store = new BuilderStore(join(directory, "buildx"), env);
  await put(simple);
  for (const name of [".", "instances", "instances/simple", "activity/simple", ".lock"]) {
    expect(await stat(file(name))).toMatchObject({ uid: 12345, gid: 23456 });
  }
});

test("updates exclude each other", async () => {
  await chmod(directory, 0o700);
  let inside = 0;
  await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      store.update(async (update) => {
        expect(++inside).toBe(1);
        const builder = (await update.get("simple")) ?? { ...simple, nodes: [] };
        await update.put({ ...builder, nodes: [...builder.nodes, { name: `n${index}`, endpoint: "x" }] });
        inside--;
      }, never),
    ),
  );
  expect((await store.get("simple"))?.nodes).toHaveLength(8);
});
