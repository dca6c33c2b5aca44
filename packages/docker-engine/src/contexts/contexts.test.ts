import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { currentContextName, findContext, listContexts } from "./contexts.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "tsbx-contexts-"));
});
afterEach(() => rm(dir, { recursive: true }));

const idOf = (name: string) => createHash("sha256").update(name).digest("hex");

async function store(name: string, meta: unknown): Promise<string> {
  const folder = join(dir, "contexts", "meta", idOf(name));
  await mkdir(folder, { recursive: true });
  const file = join(folder, "meta.json");
  await writeFile(file, typeof meta === "string" ? meta : JSON.stringify(meta));
  return file;
}

const daemon = (Name: string, Host: string) => ({ Name, Metadata: {}, Endpoints: { docker: { Host } } });

describe("the current context", () => {
  const config = (text: string) => writeFile(join(dir, "config.json"), text);

  test.each<[string, Record<string, string>, string]>([
    ["DOCKER_HOST before all", { DOCKER_HOST: "tcp://h", DOCKER_CONTEXT: "named" }, "default"],
    ["DOCKER_CONTEXT before the configuration", { DOCKER_CONTEXT: "named" }, "named"],
    ["the configuration's", {}, "configured"],
    [
      "the configuration's when the variables are empty",
      { DOCKER_HOST: "", DOCKER_CONTEXT: "" },
      "configured",
    ],
  ])("%s", async (_name, env, expected) => {
    await config('{"currentContext":"configured"}');
    expect(await currentContextName({ DOCKER_CONFIG: dir, ...env })).toBe(expected);
  });

  test("is default without a configuration, and with one that names none", async () => {
    expect(await currentContextName({ DOCKER_CONFIG: dir })).toBe("default");
    await config("{}");
    expect(await currentContextName({ DOCKER_CONFIG: dir })).toBe("default");
  });

  test("is looked for in the home folder", async () => {
    await mkdir(join(dir, ".docker"));
    await writeFile(join(dir, ".docker", "config.json"), '{"currentContext":"home"}');
    expect(await currentContextName({ HOME: dir })).toBe("home");
  });

  test("a configuration that cannot be read is named", async () => {
    await config("{");
    await expect(currentContextName({ DOCKER_CONFIG: dir })).rejects.toMatchObject({
      code: "DOCKER_CONFIG_INVALID",
      message: expect.stringContaining(join(dir, "config.json")),
    });
  });
});

describe("contexts", () => {
  test("are listed by name after default; those without a docker daemon are left out", async () => {
    await store("zeta", daemon("zeta", "ssh://zeta"));
    await store("alpha", {
      Name: "alpha",
      Metadata: { Description: "the first" },
      Endpoints: { docker: { Host: "tcp://alpha:2376", SkipTLSVerify: true } },
    });
    await store("kube", { Name: "kube", Metadata: {}, Endpoints: { kubernetes: {} } });
    const contexts = await listContexts({ DOCKER_CONFIG: dir, DOCKER_HOST: "tcp://env:1" });
    expect(contexts).toEqual([
      { name: "default", host: "tcp://env:1", skipTlsVerify: true },
      {
        name: "alpha",
        description: "the first",
        host: "tcp://alpha:2376",
        skipTlsVerify: true,
        tlsDir: join(dir, "contexts", "tls", idOf("alpha"), "docker"),
      },
      expect.objectContaining({ name: "zeta", host: "ssh://zeta", skipTlsVerify: false }),
    ]);
  });

  test("without a store there is default alone, the local daemon", async () => {
    expect(await listContexts({ DOCKER_CONFIG: dir })).toEqual([
      expect.objectContaining({ name: "default", host: expect.stringMatching(/docker[._](sock|engine)$/) }),
    ]);
  });

  test("default takes TLS from the environment", async () => {
    const env = { DOCKER_CONFIG: dir, DOCKER_HOST: "tcp://h:2376", DOCKER_TLS_VERIFY: "1" };
    expect(await findContext(env, "default")).toMatchObject({ skipTlsVerify: false, tlsDir: dir });
    expect(await findContext({ ...env, DOCKER_CERT_PATH: "/certs" }, "default")).toMatchObject({
      skipTlsVerify: false,
      tlsDir: "/certs",
    });
    const unverified = { DOCKER_CONFIG: dir, DOCKER_TLS: "1" };
    expect(await findContext(unverified, "default")).toMatchObject({ skipTlsVerify: true, tlsDir: dir });
  });

  test("one by name, or none", async () => {
    await store("a b", daemon("a b", "unix:///a"));
    expect(await findContext({ DOCKER_CONFIG: dir }, "a b")).toMatchObject({ host: "unix:///a" });
    expect(await findContext({ DOCKER_CONFIG: dir }, "other")).toBeUndefined();
  });

  test("a broken file is named", async () => {
    const file = await store("broken", '{"Name":');
    await expect(listContexts({ DOCKER_CONFIG: dir })).rejects.toMatchObject({
      code: "DOCKER_CONFIG_INVALID",
      message: expect.stringContaining(file),
    });
  });
});
