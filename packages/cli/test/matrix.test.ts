import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type BuildOptions,
  build,
  CAPABILITIES,
  type Capabilities,
  exportsCache,
  openNode,
} from "@tsbx/core";
import { openEngine } from "@tsbx/docker-engine";
import docker from "@tsbx/driver-docker";
import { loadBed } from "@tsbx/testbed";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { readTar } from "./support/tar.ts";
import { type BootedTarget, bootTarget, TARGETS } from "./support/targets.ts";
import { workspace } from "./support/workspace.ts";

const never = new AbortController().signal;
const bed = loadBed();

describe.each(TARGETS)("$name", ({ request, env }) => {
  const target = TARGETS.find((each) => each.request === request)!;
  let booted: BootedTarget;
  let declared: Capabilities;
  const endpoint = target.driver === docker ? String(request.endpoint) : env.DOCKER_HOST;
  const engine = openEngine(endpoint, {});
  const imageStore = docker.imageStore!(endpoint, { env, stateDir: "/nonexistent/tsbx-test" });
  const registry = target.name === "kubernetes" ? bed.kubernetes.registryForPods : bed.registry.plain.host;

  beforeAll(async () => {
    booted = await bootTarget(target);
    declared = await booted.node.capabilities();
  });
  afterAll(async () => {
    for (const name of pushed) await isInDocker(`${name}:latest`);
    await booted?.remove();
  });

  const pushed: string[] = [];
  /** An image's name in the registry, of which nothing stays in Docker. */
  function newImage(): string {
    const name = `${registry}/matrix/${randomUUID()}`;
    pushed.push(name);
    return name;
  }

  /** Builds an image of one new file. Resolves with the error that it ends with, if any. */
  function attempt(options: Partial<BuildOptions>): Promise<Error | undefined> {
    const files = { Dockerfile: "FROM scratch\nCOPY file /\n", file: randomUUID() };
    const { result } = build(booted.node, { context: { files }, imageStore, ...options });
    return result.then(
      () => undefined,
      (error: Error) => error,
    );
  }

  /** Expects a build to go as the capability says: well, or refused before a byte of it is sent. */
  async function expectAs(able: boolean, capability: keyof Capabilities, options: Partial<BuildOptions>) {
    const said = await listen();
    const error = await attempt(options);
    if (able) {
      expect(error).toBeUndefined();
      expect(said()).toContain("/moby.buildkit.v1.Control/Solve");
      return;
    }
    expect(error).toMatchObject(refusal(capability));
    expect(said()).toEqual([]);
  }

  const refusal = (capability: keyof Capabilities) => ({
    code: "CAPABILITY_MISSING",
    capability,
    message: expect.stringContaining(`is not supported by the ${target.driver.name} driver`),
    hint: `${CAPABILITIES[capability].without.replace(/^./, (letter) => letter.toUpperCase())}.`,
    builder: booted.node.builder,
    node: booted.node.name,
  });

  /** Tells what the daemon has heard since: the calls on the node's connection, and other connections. */
  async function listen(): Promise<() => string[]> {
    const { channel } = await booted.node.client();
    const { handle } = booted.node;
    const calls = vi.spyOn(channel, "call");
    const others = [
      vi.spyOn(handle, "dial"),
      ...(handle.dialSession ? [vi.spyOn(handle, "dialSession")] : []),
    ];
    onTestFinished(() => {
      for (const spy of [calls, ...others]) spy.mockRestore();
    });
    return () => [
      ...calls.mock.calls.map(([path]) => path),
      ...others.flatMap((spy) => spy.mock.calls.map(() => "a connection")),
    ];
  }

  /** Whether Docker has an image. Removes it. */
  async function isInDocker(name: string): Promise<boolean> {
    const images = await engine.json<Array<{ Id: string; RepoTags: string[] | null }>>(
      "GET",
      "/images/json",
      {
        signal: never,
      },
    );
    const found = images.some(({ RepoTags }) => RepoTags?.includes(name));
    if (found) await engine.json("DELETE", `/images/${name}`, { signal: never });
    return found;
  }

  it("declares in its driver what the running node tells, or less", () => {
    const { capabilities, variants = [] } = target.driver;
    const possible = [
      capabilities,
      ...variants.map((variant) => ({ ...capabilities, ...variant.capabilities })),
    ];
    expect(possible).toContainEqual(declared);
  });

  it("puts the image where Docker lists it by itself", async () => {
    const name = `matrix-auto:${randomUUID()}`;
    expect(await attempt({ tags: [name], outputs: [{ type: "image" }] })).toBeUndefined();
    expect(await isInDocker(name)).toBe(declared.autoLoad);
  });

  it("loads the image", async () => {
    const name = `matrix-load:${randomUUID()}`;
    await expectAs(declared.load, "load", { tags: [name], load: true });
    expect(await isInDocker(name)).toBe(declared.load);
  });

  it.each(["inline", "registry", "local"])("exports cache of type %s", async (type) => {
    const work = await workspace();
    const name = newImage();
    const attrs: Record<string, string> =
      type === "registry" ? { ref: name } : type === "local" ? { dest: join(work, "cache") } : {};
    const able = exportsCache(declared.cacheExport, type);
    await expectAs(able, "cacheExport", {
      cacheTo: [{ type, attrs }],
      ...(type === "inline" && { tags: [name], outputs: [{ type: "image" }] }),
    });
    if (type === "local") expect(existsSync(join(work, "cache/index.json"))).toBe(able);
  });

  it.each(["gha", "s3", "azblob"])("leaves a cache of type %s to its daemon, or refuses it", async (type) => {
    if (!exportsCache(declared.cacheExport, type)) {
      await expectAs(false, "cacheExport", { cacheTo: [{ type, attrs: {} }] });
      return;
    }
    // The daemon misses the attributes that say where, and not the type.
    const error = await attempt({ cacheTo: [{ type, attrs: {} }] });
    expect(error).toMatchObject({ code: "BUILD_FAILED", message: expect.stringContaining(type) });
    expect(error!.message).not.toContain("unknown cache exporter");
  });

  it.each(["docker", "oci"] as const)("writes a %s tarball", async (type) => {
    const dest = join(await workspace(), "image.tar");
    const capability = type === "docker" ? "dockerTarball" : "ociTarball";
    await expectAs(declared[capability], capability, { outputs: [{ type, dest }] });
    expect(existsSync(dest)).toBe(declared[capability]);
    if (!declared[capability]) return;
    const names = readTar(dest).map(({ name }) => name.toString());
    expect(names).toContain(type === "docker" ? "manifest.json" : "oci-layout");
  });

  it("builds for several platforms", async () => {
    const name = newImage();
    await expectAs(declared.multiPlatform, "multiPlatform", {
      platforms: ["linux/amd64", "linux/arm64"],
      tags: [name],
      push: true,
    });
    const answer = await fetch(
      `http://${bed.registry.plain.host}/v2/${name.slice(registry.length + 1)}/manifests/latest`,
      { headers: { Accept: "application/vnd.oci.image.index.v1+json" } },
    );
    expect(answer.status).toBe(declared.multiPlatform ? 200 : 404);
    if (!declared.multiPlatform) return;
    const { manifests } = (await answer.json()) as {
      manifests: Array<{ platform: { architecture: string } }>;
    };
    const architectures = manifests
      .map(({ platform }) => platform.architecture)
      .filter((arch) => arch !== "unknown");
    expect(architectures.sort()).toEqual(["amd64", "arm64"]);
  });

  it("attests", async () => {
    await expectAs(declared.attestations, "attestations", {
      attestations: { provenance: { mode: "min" } },
      tags: [newImage()],
      push: true,
    });
  });

  it("gives its daemon a configuration, or refuses it", async () => {
    const connection = await booted.node.connection();
    const labels = Object.assign({}, ...(await connection.workers(never)).map((worker) => worker.labels));
    expect(labels["tsbx.test.configured"] === "yes").toBe(declared.buildkitConfig === "yes");
    if (declared.buildkitConfig === "yes") return;
    const { builder, name } = booted.node;
    const asked = [
      { files: { "buildkitd.toml": Buffer.from("debug = true\n") } },
      { buildkitdFlags: ["--debug"] },
    ];
    for (const configuration of asked) {
      const node = { builder, name, ...request, ...configuration };
      const open = () => openNode(target.driver, node, { env, stateDir: "/nonexistent/tsbx-test" });
      expect(open).toThrow(expect.objectContaining(refusal("buildkitConfig")));
    }
  });
});
