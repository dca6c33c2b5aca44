import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { TsbxError } from "../errors.ts";
import { addToIndex } from "../image/oci-layout-index.ts";
import { normalizeReference } from "../image/reference.ts";
import { kindOf } from "./context.ts";
import type { BuildOptions, LayoutOutput, Output } from "./options.ts";
import type { Plan } from "./plan.ts";

/** Adds the exporters to the plan, and where on this side their files go. */
export async function planExports(options: BuildOptions, cwd: string, plan: Plan): Promise<void> {
  // Also where no output has a name: a tag that is none is a mistake.
  const tags = (options.tags ?? []).map((tag) => normalizeReference(tag, "tag"));
  for (const output of outputsOf(options)) {
    if (output.type !== "cacheonly") await planOutput(output, { ...options, tags }, cwd, plan);
  }
}

/** The outputs with what `push` and `load` ask for on top. */
function outputsOf(options: BuildOptions): Output[] {
  const outputs = [...(options.outputs ?? [])];
  if (options.push && !outputs.some(isImage)) outputs.push({ type: "image" });
  if (options.load && !outputs.some((output) => output.type === "docker" && output.dest === undefined)) {
    outputs.push({ type: "docker" });
  }
  return outputs;
}

type SentOutput = Exclude<Output, { type: "cacheonly" }>;

async function planOutput(output: SentOutput, options: BuildOptions, cwd: string, plan: Plan): Promise<void> {
  const index = plan.exporters.length;
  const attrs: Record<string, string> = { ...output.attrs };
  if (isImage(output)) imageAttrs(output, options, attrs);
  if (["image", "registry", "oci", "docker"].includes(output.type)) {
    nameAttr(options, attrs);
    if (options.ociArtifact !== undefined) attrs["oci-artifact"] ??= String(options.ociArtifact);
  }
  if ("dest" in output && output.dest !== undefined) {
    if (output.type === "local") {
      const removeOthers = output.mode === "delete";
      plan.targets.set(index, {
        kind: "directory",
        dest: await outputDirectory(cwd, output.dest),
        removeOthers,
      });
      if (output.mode) attrs.mode = output.mode;
    } else if ("tar" in output && !output.tar) {
      attrs.tar = "false";
      await planLayout(output, cwd, plan);
    } else if (typeof output.dest === "string") {
      const dest = resolve(cwd, output.dest);
      if ((await kindOf(dest)) === "directory") {
        throw new TsbxError("INVALID_OUTPUT", `destination file ${output.dest} is a directory`);
      }
      plan.targets.set(index, { kind: "file", dest });
    } else {
      plan.targets.set(index, { kind: "stream", stream: output.dest });
    }
  } else if (output.type === "docker") {
    plan.loads.set(index, output.store);
  }
  if (isImage(output) && attrs.push === "true" && !attrs.name) {
    throw new TsbxError("TAG_REQUIRED", "tag is needed when pushing to registry", {
      hint: "name the image with --tag",
    });
  }
  plan.exporters.push({ type: exporterOf(output), attrs });
}

/** BuildKit's name of what an output asks for. */
function exporterOf(output: SentOutput): string {
  if (output.type === "custom") return output.exporter;
  return output.type === "registry" ? "image" : output.type;
}

async function outputDirectory(cwd: string, path: string): Promise<string> {
  const dest = resolve(cwd, path);
  if ((await kindOf(dest)) === "file") {
    throw new TsbxError("INVALID_OUTPUT", `destination directory ${path} is a file`);
  }
  return dest;
}

function isImage(output: Output): output is Extract<Output, { type: "image" | "registry" }> {
  return output.type === "image" || output.type === "registry";
}

function imageAttrs(
  output: Extract<Output, { type: "image" | "registry" }>,
  options: BuildOptions,
  attrs: Record<string, string>,
): void {
  if (output.name) attrs.name = output.name;
  if (output.push !== undefined) attrs.push = String(output.push);
  if (output.type === "registry" || options.push) attrs.push = "true";
  // An image that goes to a registry need not be unpacked on the node.
  if (attrs.push === "true" && attrs.unpack === undefined) attrs.unpack = "false";
}

function nameAttr(options: BuildOptions, attrs: Record<string, string>): void {
  if (options.tags?.length) attrs.name = options.tags.join(",");
}

/** An OCI layout directory is a content store of the session; its index is written here afterwards. */
async function planLayout(output: LayoutOutput, cwd: string, plan: Plan): Promise<void> {
  if (plan.stores.has("export")) {
    throw new TsbxError("INVALID_OUTPUT", "only one output can be an OCI layout directory");
  }
  const dest = await outputDirectory(cwd, output.dest);
  plan.stores.set("export", dest);
  plan.afterwards.push(async (response, signal) => {
    const encoded = response["containerimage.descriptor"];
    if (!encoded) return;
    const descriptor = JSON.parse(Buffer.from(encoded, "base64").toString("utf8"));
    await mkdir(dest, { recursive: true });
    const names = response["image.name"]?.split(",").filter(Boolean) ?? [];
    await addToIndex(dest, descriptor, names.length > 0 ? names : ["latest"], signal);
  });
}
