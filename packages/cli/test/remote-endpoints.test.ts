import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, peer, tsbx } from "./support/client.ts";
import { createContext } from "./support/docker-context.ts";
import { type BootedTarget, bootTarget, TARGETS } from "./support/targets.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const { docker, kubernetes } = loadBed();
const never = new AbortController().signal;

describe.each([
  {
    driver: "docker-container",
    endpointOf: async ({ node }: BootedTarget) => `docker-container://buildx_buildkit_${node.name}`,
    query: "context=far",
    elsewhere: async (client: Client) => {
      await createContext(client, "far", { host: docker.containerd.unix });
      return { DOCKER_HOST: docker.classic.unix };
    },
  },
  {
    driver: "kubernetes",
    endpointOf: async ({ node }: BootedTarget) => {
      const { replicas = [] } = await node.handle.status(never);
      return `kube-pod://${replicas[0]?.name}`;
    },
    query: `context=bed&namespace=${kubernetes.namespace}&container=buildkitd`,
    elsewhere: async ({ home }: Client) => {
      const config = JSON.parse(readFileSync(kubernetes.kubeconfig, "utf8"));
      writeFileSync(join(home, "kubeconfig"), JSON.stringify({ ...config, "current-context": "none" }));
      return { KUBECONFIG: join(home, "kubeconfig") };
    },
  },
])("the remote driver reaches what the $driver driver runs", ({ driver, endpointOf, query, elsewhere }) => {
  let booted: BootedTarget;
  beforeAll(async () => {
    booted = await bootTarget(TARGETS.find(({ name }) => name === driver)!);
  });
  afterAll(() => booted?.remove());

  it.each([["tsbx", tsbx] as const, ["peer", peer] as const])(
    "with a builder made by %s",
    async (maker, make) => {
      const directory = await workspace();
      const endpoint = await endpointOf(booted);
      const place = {
        name: driver,
        node: "",
        env: {
          BUILDX_CONFIG: join(directory, "store"),
          DOCKER_HOST: docker.containerd.unix,
          KUBECONFIG: kubernetes.kubeconfigs.builder,
        },
      };
      const ours = await tsbx(directory, place);
      const creator = await make(join(directory, maker), place);
      await creator.succeed(["create", "--name", "far", "--driver", "remote", "--use", endpoint]);
      writeTree(join(ours.home, "context"), { Dockerfile: "FROM scratch\nCOPY file /\n", file: "file\n" });
      await ours.succeed(["build", "--output", "type=tar,dest=out.tar", "context"]);
      expect((await ours.succeed(["inspect"])).stdout).toMatch(/^Status: +running$/m);
      // It is someone else's.
      await ours.succeed(["rm", "far"]);
      expect(await booted.node.handle.status(never)).toMatchObject({ state: "running" });
    },
  );

  it("by what the endpoint says of where it is, whatever is in use", async () => {
    const client = await tsbx(await workspace(), { name: driver, node: "" });
    const env = await elsewhere(client);
    const endpoint = await endpointOf(booted);
    const create = (name: string, endpoint: string) =>
      client.succeed(["create", "--name", name, "--driver", "remote", endpoint], { env });
    await create("there", `${endpoint}?${query}`);
    await create("here", endpoint);
    const build = (name: string) =>
      client.run(["build", "--builder", name, "--output", "out", "-"], {
        stdin: "FROM scratch\nCOPY <<EOF /file\n\nEOF\n",
        env,
      });
    expect(await build("there")).toMatchObject({ code: 0 });
    expect(existsSync(join(client.home, "out/file"))).toBe(true);
    expect(await build("here")).toMatchObject({ code: 1 });
  });

  it("and says so when there is none", async () => {
    const client = await tsbx(await workspace(), {
      name: driver,
      node: "far0",
      create: ["--driver", "remote", (await endpointOf(booted)).replace(/\/\/.*/, "//gone")],
      env: { DOCKER_HOST: docker.containerd.unix, KUBECONFIG: kubernetes.kubeconfigs.builder },
    });
    const { code, stderr } = await client.run(["build", "-"], { stdin: "FROM scratch" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ERROR: .*\bgone\b/m);
    expect(stderr).toMatch(/^HINT: /m);
  });
});
