import assert from "node:assert/strict";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { type BuilderNode, type BuildOptions, exportsCache } from "@tsbx/core";
import type { Capabilities } from "@tsbx/core/driver";
import { tarballStore } from "./image-store.ts";
import { newReference } from "./scratch-build.ts";
import { type Descriptor, Tarball } from "./tarball.ts";
import type { Trial } from "./trial.ts";

/** One thing that a build may ask for, and how to see that it was done. */
export interface Ask {
  capability: keyof Capabilities;
  /** What it is, where a capability has several. */
  kind?: string;
  isOffered(capabilities: Capabilities): boolean;
  asked(capabilities: Capabilities, trial: Trial): Partial<BuildOptions>;
  verify(built: BuiltAsk): Promise<void>;
}

export interface BuiltAsk {
  trial: Trial;
  node: BuilderNode;
  capabilities: Capabilities;
  options: BuildOptions;
}

const PLATFORMS = ["linux/amd64", "linux/arm64"];
const TARBALL = "image.tar";
const CACHE = "cache";

export const ASKS: readonly Ask[] = [
  {
    capability: "dockerTarball",
    isOffered: ({ dockerTarball }) => dockerTarball,
    asked: () => ({ outputs: [{ type: "docker", dest: TARBALL }] }),
    verify: ({ trial }) => assertDockerTarball(trial),
  },
  {
    capability: "ociTarball",
    isOffered: ({ ociTarball }) => ociTarball,
    asked: () => ({ outputs: [{ type: "oci", dest: TARBALL }] }),
    async verify({ trial }) {
      const tarball = await readTarball(trial);
      tarball.file("oci-layout");
      assert.ok(tarball.manifest().config, "the tarball has no image manifest");
    },
  },
  {
    capability: "multiPlatform",
    isOffered: ({ multiPlatform }) => multiPlatform,
    asked: ({ ociTarball }) => ({
      platforms: PLATFORMS,
      outputs: [ociTarball ? { type: "oci", dest: TARBALL } : { type: "local", dest: "out" }],
    }),
    async verify({ trial, capabilities }) {
      if (capabilities.ociTarball) {
        const { manifests = [] } = (await readTarball(trial)).image();
        const images = manifests.filter((each) => !isAttestation(each));
        assert.equal(images.length, PLATFORMS.length, "the image has not one manifest per platform");
      } else {
        const folders = PLATFORMS.map((platform) => join(trial.directory, "out", platform.replace("/", "_")));
        for (const folder of folders) await access(join(folder, "payload"));
      }
    },
  },
  {
    capability: "attestations",
    isOffered: ({ attestations }) => attestations,
    asked: (capabilities) => ({
      ...anImage(capabilities),
      attestations: { provenance: { mode: "min" } },
    }),
    async verify(built) {
      const image = (await exportedImage(built))?.image();
      if (image) assert.ok(image.manifests?.some(isAttestation), "the image has no attestation");
    },
  },
  {
    capability: "cacheExport",
    kind: "inline",
    isOffered: ({ cacheExport }) => exportsCache(cacheExport, "inline"),
    asked: (capabilities) => ({ ...anImage(capabilities), cacheTo: [{ type: "inline", attrs: {} }] }),
    async verify(built) {
      const tarball = await exportedImage(built);
      if (tarball) {
        const config = tarball.blob(tarball.manifest().config!);
        assert.ok(config["moby.buildkit.cache.v0"], "the image's configuration holds no cache");
      }
    },
  },
  {
    capability: "cacheExport",
    kind: "local",
    isOffered: ({ cacheExport }) => exportsCache(cacheExport, "local"),
    asked: () => ({ cacheTo: [{ type: "local", attrs: { dest: CACHE } }] }),
    verify: ({ trial }) => access(join(trial.directory, CACHE, "index.json")),
  },
  {
    capability: "load",
    isOffered: ({ load, autoLoad }) => load || autoLoad,
    asked: (_, trial) => ({
      load: true,
      tags: [newReference()],
      imageStore: tarballStore(join(trial.directory, TARBALL)),
    }),
    async verify({ trial, node, capabilities, options }) {
      if (!capabilities.autoLoad && !node.handle.images) return assertDockerTarball(trial);
      const has = await trial.options.localImages?.has(options.tags![0]!, trial.signal);
      assert.notEqual(has, false, `the local image store has no ${options.tags![0]}`);
    },
  },
];

/** An image that can be looked into, or where there is no tarball one in the node's own store. */
function anImage({ ociTarball }: Capabilities): Partial<BuildOptions> {
  if (ociTarball) return { outputs: [{ type: "oci", dest: TARBALL }] };
  return { tags: [newReference()], outputs: [{ type: "image" }] };
}

/** The image that a build of {@link anImage} left, where it can be looked into. */
async function exportedImage({ trial, capabilities }: BuiltAsk): Promise<Tarball | undefined> {
  return capabilities.ociTarball ? readTarball(trial) : undefined;
}

function isAttestation({ annotations = {} }: Descriptor): boolean {
  return annotations["vnd.docker.reference.type"] === "attestation-manifest";
}

async function assertDockerTarball(trial: Trial): Promise<void> {
  const [image] = JSON.parse((await readTarball(trial)).file("manifest.json").toString());
  assert.ok(image?.Config, "manifest.json names no image");
  assert.equal(image.Layers.length, 1, "the image has not one layer");
}

function readTarball(trial: Trial): Promise<Tarball> {
  return Tarball.read(join(trial.directory, TARBALL));
}
