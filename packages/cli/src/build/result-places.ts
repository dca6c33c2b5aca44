import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { BuildOptions, BuildResult, Output } from "@tsbx/core";
import type { BuilderNodes } from "../builders/open-nodes.ts";
import { humanSize } from "../format/human.ts";
import { imageId } from "./result-files.ts";

/** A finished build, and what was asked of it. */
export interface FinishedBuild {
  request: BuildOptions;
  result: BuildResult;
  nodes: BuilderNodes;
}

/** Where a build's results went, a sentence for each output. None when it named no output. */
export function resultPlaces(build: FinishedBuild, cwd: string): Promise<string[]> {
  const { outputs = [], push, load } = build.request;
  const all: Output[] = [...outputs];
  if (push && !all.some(isImage)) all.push({ type: "image" });
  if (load && !all.some(isLoad)) all.push({ type: "docker" });
  return Promise.all(all.map((output) => placeOf(output, build, cwd)));
}

async function placeOf(output: Output, build: FinishedBuild, cwd: string): Promise<string> {
  const { builder } = build.nodes[0];
  switch (output.type) {
    case "cacheonly":
      return `Kept in the build cache of builder ${builder}`;
    case "custom":
      return `Exported with ${output.exporter}`;
    case "image":
    case "registry":
      return imagePlace(output, build);
    case "local":
      return `Wrote the files to ${directory(output.dest)}`;
  }
  if (output.dest === undefined) return `Loaded ${image(build)} into ${storeOf(output, build)}`;
  if ("tar" in output) return `Added ${image(build)} to the OCI layout ${directory(output.dest)}`;
  if (typeof output.dest !== "string") return `Wrote ${TARBALLS[output.type]} to stdout`;
  const found = await stat(resolve(cwd, output.dest)).catch(() => undefined);
  const size = found?.isFile() ? ` (${humanSize(found.size)})` : "";
  return `Wrote ${TARBALLS[output.type]} to ${output.dest}${size}`;
}

const TARBALLS = {
  tar: "the files as a tarball",
  oci: "an OCI tarball",
  docker: "a docker tarball",
} as const;

type ImageOutput = Extract<Output, { type: "image" | "registry" }>;

function imagePlace(output: ImageOutput, build: FinishedBuild): string {
  const { request, result, nodes } = build;
  const [{ builder, driver, handle }] = nodes;
  if (output.type === "registry" || output.push || request.push) {
    return `Pushed ${image(build, output.name, result.digest)}`;
  }
  if (driver.capabilities.autoLoad) {
    return `Loaded ${image(build, output.name)} into ${handle.images?.description ?? `builder ${builder}`}`;
  }
  return `Kept ${image(build, output.name)} in builder ${builder}: --push sends it to a registry, --load to the local images`;
}

/** Its names, with the ID that the place knows it by. */
function image({ request: { tags = [] }, result }: FinishedBuild, name = "", id = imageId(result)): string {
  const names = tags.length > 0 ? tags : name.split(",").filter(Boolean);
  if (names.length === 0) return id ? `image ${id}` : "the image";
  return id ? `${names.join(", ")} (${id})` : names.join(", ");
}

function storeOf(output: Extract<Output, { type: "docker" }>, { request, nodes }: FinishedBuild): string {
  const store =
    ("store" in output ? output.store : undefined) ?? nodes[0].handle.images ?? request.imageStore;
  return store?.description ?? "the local images";
}

function directory(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}

function isImage(output: Output): output is ImageOutput {
  return output.type === "image" || output.type === "registry";
}

function isLoad(output: Output): boolean {
  return output.type === "docker" && output.dest === undefined;
}
