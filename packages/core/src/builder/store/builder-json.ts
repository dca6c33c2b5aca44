import { goJson, goMap } from "./go-json.ts";
import { base64, flag, list, map, members, optional, type Reader, text } from "./json-reader.ts";
import { type OciPlatform, ociPlatform, platformText } from "./store-platform.ts";
import type { CurrentBuilder, StoredBuilder, StoredNode } from "./stored-builder.ts";

const platform: Reader<string> = (value, where) => {
  const read = members({
    architecture: text,
    os: text,
    "os.version": optional(text),
    "os.features": optional(list(text)),
    variant: optional(text),
  });
  return platformText(read(value, where) as OciPlatform);
};

const node = members({
  Name: text,
  Endpoint: text,
  Platforms: optional(list(platform)),
  DriverOpts: optional(map(text)),
  Flags: optional(list(text)),
  Files: optional(map(base64)),
  // Old versions of the peer wrote it; new ones drop it, too.
  ConfigFile: optional(text),
});

const builder = members({ Name: text, Driver: text, Nodes: list(node), Dynamic: optional(flag) });

const current = members({ Key: text, Name: text, Global: flag });

/** @throws Error that says what is wrong with `json` */
export function parseBuilder(json: string): StoredBuilder {
  const { Name, Driver, Nodes, Dynamic } = builder(JSON.parse(json), "the builder");
  if (Driver === "") throw new Error("the builder has no driver");
  if (Nodes.length === 0) throw new Error("the builder has no nodes");
  return { name: Name, driver: Driver, nodes: Nodes.map(storedNode), dynamic: Dynamic ?? false };
}

function storedNode({
  Name,
  Endpoint,
  Platforms,
  DriverOpts,
  Flags,
  Files,
}: ReturnType<typeof node>): StoredNode {
  return {
    name: Name,
    endpoint: Endpoint,
    ...(Platforms && { platforms: Platforms }),
    ...(DriverOpts && { driverOpts: DriverOpts }),
    ...(Flags && { flags: Flags }),
    ...(Files && { files: Files }),
  };
}

/** The file of a builder, byte for byte as the peer writes it. */
export function formatBuilder({ name, driver, nodes, dynamic }: StoredBuilder): string {
  return goJson({ Name: name, Driver: driver, Nodes: nodes.map(nodeJson), Dynamic: dynamic });
}

function nodeJson({ name, endpoint, platforms, driverOpts, flags, files }: StoredNode) {
  return {
    Name: name,
    Endpoint: endpoint,
    Platforms: platforms?.map(ociPlatform) ?? null,
    DriverOpts: driverOpts ? goMap(driverOpts) : null,
    Flags: flags ?? null,
    Files: files ? goMap(mapValues(files, (bytes) => Buffer.from(bytes).toString("base64"))) : null,
  };
}

function mapValues<T, U>(map: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

/** @throws Error that says what is wrong with `json` */
export function parseCurrent(json: string): CurrentBuilder {
  const { Key, Name, Global } = current(JSON.parse(json), "the file");
  return { key: Key, name: Name, global: Global };
}

export function formatCurrent({ key, name, global }: CurrentBuilder): string {
  return goJson({ Key: key, Name: name, Global: global });
}
