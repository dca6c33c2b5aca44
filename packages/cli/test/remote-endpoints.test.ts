import { join } from "node:path";
import { loadBed } from "@tsbx/testbed";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peer, tsbx } from "./support/client.ts";
import { type BootedTarget, bootTarget, TARGETS } from "./support/targets.ts";
import { writeTree } from "./support/tree.ts";
import { workspace } from "./support/workspace.ts";

const { docker, kubernetes } = loadBed();
const never = new AbortController().signal;

describe.each([
  {
    driver: "docker-container",
    endpointOf: async ({ node }: BootedTarget) => `docker-container://buildx_buildkit_${node.name}`,
  },
  {
    driver: "kubernetes",
    endpointOf: async ({ node }: BootedTarget) => {
      const { replicas = [] } = await node.handle.status(never);
      return `kube-pod://${replicas[0]?.name}`;
    },
  },
])("the remote driver reaches what the $driver driver runs", ({ driver, endpointOf }) => {
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
