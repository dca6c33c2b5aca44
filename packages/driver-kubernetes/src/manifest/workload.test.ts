import type { V1PodSpec, V1StatefulSet } from "@kubernetes/client-node";
import { parseDriverOptions } from "@tsbx/core/driver";
import { expect, test } from "vitest";
import { options } from "../options.ts";
import { workloadSettings } from "../settings.ts";
import { configMaps } from "./config-maps.ts";
import { workloadManifest } from "./workload.ts";

const text = (value: string) => new TextEncoder().encode(value);

function settings(pairs: Record<string, string> = {}, files: Record<string, Uint8Array> = {}) {
  const values = parseDriverOptions(options, pairs, { driver: "kubernetes" });
  return workloadSettings({
    builder: "bb",
    name: "my_node",
    options: values,
    files,
    buildkitdFlags: ["--debug"],
  });
}

function podOf(pairs: Record<string, string>, files?: Record<string, Uint8Array>): V1PodSpec {
  return workloadManifest(settings(pairs, files)).spec!.template.spec!;
}

const FILES = {
  "certs/a.example/ca.pem": text("CA"),
  "buildkitd.toml": text("debug = true"),
  "certs/a.example/key.pem": text("KEY"),
  "certs/b.example/ca.der": Uint8Array.of(0xff, 0xfe),
};

test("a Deployment with one privileged pod, named after the node", () => {
  const { kind, metadata, spec } = workloadManifest(settings());
  expect({ kind, name: metadata!.name, replicas: spec!.replicas }).toEqual({
    kind: "Deployment",
    name: "my-node",
    replicas: 1,
  });
  expect(spec!.selector.matchLabels).toEqual({ app: "my-node" });
  expect(spec!.template.metadata!.labels).toEqual({ app: "my-node" });
  const [container, ...more] = spec!.template.spec!.containers;
  expect(more).toEqual([]);
  expect(container).toMatchObject({
    name: "buildkitd",
    image: "moby/buildkit:buildx-stable-1",
    args: ["--debug"],
    securityContext: { privileged: true },
    volumeMounts: [],
  });
});

test("rootless: its image, its flag, no privilege, a volume where its cache lies", () => {
  const { containers, volumes } = podOf({ rootless: "true" });
  expect(containers[0]).toMatchObject({
    image: "moby/buildkit:buildx-stable-1-rootless",
    args: ["--debug", "--oci-worker-no-process-sandbox"],
    securityContext: { seccompProfile: { type: "Unconfined" } },
    volumeMounts: [{ name: "buildkitd", mountPath: "/home/user/.local/share/buildkit" }],
  });
  expect(containers[0]!.securityContext!.privileged).toBeUndefined();
  expect(volumes).toEqual([{ name: "buildkitd", emptyDir: {} }]);
});

test("rootless: AppArmor does not confine it, and a persistent volume belongs to its group", () => {
  const template = (pairs: Record<string, string>) =>
    workloadManifest(settings({ rootless: "true", ...pairs })).spec!.template;
  const confinement = { "container.apparmor.security.beta.kubernetes.io/buildkitd": "unconfined" };
  expect(template({}).metadata!.annotations).toEqual(confinement);
  expect(template({}).spec!.securityContext).toBeUndefined();
  const { spec } = template({ "persistent-volume-claim.requests.storage": "1Gi" });
  expect(spec!.securityContext).toEqual({ fsGroup: 1000 });
  expect(spec!.volumes).toEqual([]);
});

test("rootless=false is as if it was not given", () => {
  expect(podOf({ rootless: "false" })).toEqual(podOf({}));
});

test("files become one ConfigMap for each directory", () => {
  expect(
    configMaps(settings({}, FILES)).map(({ map, mount }) => [
      map.metadata!.name,
      mount.mountPath,
      map.data,
      map.binaryData,
    ]),
  ).toEqual([
    ["my-node-config", "/etc/buildkit", { "buildkitd.toml": "debug = true" }, {}],
    ["my-node-config-1", "/etc/buildkit/certs/a.example", { "ca.pem": "CA", "key.pem": "KEY" }, {}],
    ["my-node-config-2", "/etc/buildkit/certs/b.example", {}, { "ca.der": "//4=" }],
  ]);
});

test.each<Record<string, string>>([
  {},
  { rootless: "true" },
  { "persistent-volume-claim.requests.storage": "1Gi" },
])("all are mounted, and buildkitd is told where its configuration is, %j", (pairs) => {
  const { containers, volumes } = podOf(pairs, FILES);
  const paths = containers[0]!.volumeMounts!.map(({ mountPath }) => mountPath);
  expect(paths).toEqual(
    expect.arrayContaining([
      "/etc/buildkit",
      "/etc/buildkit/certs/a.example",
      "/etc/buildkit/certs/b.example",
    ]),
  );
  expect(volumes).toEqual(
    expect.arrayContaining([{ name: "config", configMap: { name: "my-node-config" } }]),
  );
  expect(containers[0]!.args![0]).toBe("--config=/etc/buildkit/buildkitd.toml");
});

test("a user's own --config wins", () => {
  const own = { ...settings({}, FILES), buildkitdFlags: ["--config", "/mine.toml"] };
  expect(workloadManifest(own).spec!.template.spec!.containers[0]!.args).toEqual(["--config", "/mine.toml"]);
});

test("a persistent volume makes a StatefulSet with a claim for each pod", () => {
  const manifest = workloadManifest(settings({ "persistent-volume-claim.requests.storage": "10Gi" }));
  expect(manifest.kind).toBe("StatefulSet");
  const { spec } = manifest as V1StatefulSet;
  expect(spec!.volumeClaimTemplates![0]).toMatchObject({
    metadata: { name: "buildkitd" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
  });
  expect(spec!.template.spec!.containers[0]!.volumeMounts).toEqual([
    { name: "buildkitd", mountPath: "/var/lib/buildkit" },
  ]);
});

test("two places for the build cache are refused", () => {
  expect(() =>
    settings({ "persistent-volume-claim.requests.storage": "1Gi", "buildkit-root-volume-memory": "1Gi" }),
  ).toThrow(/exclude each other/);
});

test("requests are requests and limits limits", () => {
  const { resources } = podOf({ "requests.ephemeral-storage": "1Gi", "limits.cpu": "2" }).containers[0]!;
  expect(resources).toEqual({ requests: { "ephemeral-storage": "1Gi" }, limits: { cpu: "2" } });
});
