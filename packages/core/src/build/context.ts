import { stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import type { LocalSource } from "../buildkit/fsync/filesync.ts";
import { TsbxError } from "../errors.ts";
import type { BuildOptions, DockerfileSource } from "./options.ts";
import type { Plan } from "./plan.ts";
import { newRef } from "./ref.ts";
import { isHttpUrl, isRemoteUrl } from "./remote-url.ts";

const DEFAULT_DOCKERFILE = "Dockerfile";

type PlannedDockerfile = DockerfileSource | { files: Map<string, Uint8Array> };

/** Adds the build's context and Dockerfile to the plan: what to serve, and how the frontend finds it. */
export async function planContext(options: BuildOptions, cwd: string, plan: Plan): Promise<void> {
  const { context } = options;
  const dockerfile = planDownload(options.dockerfile, plan);
  if (typeof context === "string") {
    if (context === "") {
      throw new TsbxError(
        "INVALID_CONTEXT",
        'please specify build context (e.g. "." for the current directory)',
      );
    }
    const directory = resolve(cwd, context);
    const kind = await kindOf(directory);
    if (kind === "directory") {
      plan.dirs.set("context", { root: directory });
      plan.sharedKey = basename(directory);
      return localDockerfile(dockerfile, { root: directory }, cwd, plan);
    }
    if (isRemoteUrl(context)) {
      plan.attrs.set("context", context);
      return remoteDockerfile(dockerfile, cwd, plan);
    }
    throw new TsbxError(
      "INVALID_CONTEXT",
      kind === "missing"
        ? `unable to prepare context: path "${context}" not found`
        : `unable to prepare context: path "${context}" is not a directory`,
    );
  }
  if ("archive" in context) {
    const id = newRef();
    plan.uploads.set(id, context.archive);
    plan.attrs.set("context", `http://buildkit-session/${id}`);
    return remoteDockerfile(dockerfile, cwd, plan);
  }
  const source = filesSource(context.files);
  plan.dirs.set("context", source);
  return localDockerfile(dockerfile, source, cwd, plan);
}

/** A Dockerfile given by URL becomes one in memory, which is filled when the daemon has fetched it. */
function planDownload(dockerfile: DockerfileSource | undefined, plan: Plan): PlannedDockerfile | undefined {
  if (typeof dockerfile !== "string" || !isHttpUrl(dockerfile)) return dockerfile;
  const files = new Map<string, Uint8Array>();
  plan.remoteDockerfile = { url: dockerfile, files };
  return { files };
}

/** The Dockerfile of a context that we serve ourselves. */
async function localDockerfile(
  dockerfile: PlannedDockerfile | undefined,
  context: LocalSource,
  cwd: string,
  plan: Plan,
): Promise<void> {
  if (typeof dockerfile === "object") return inlineDockerfile(dockerfile, plan);
  if (!("root" in context)) {
    const name = dockerfile ?? DEFAULT_DOCKERFILE;
    if (!context.files.has(name)) throw dockerfileMissing(name);
    plan.dirs.set("dockerfile", context);
    plan.attrs.set("filename", name);
    return;
  }
  await dockerfileOnDisk(
    dockerfile ? resolve(cwd, dockerfile) : join(context.root, DEFAULT_DOCKERFILE),
    plan,
  );
}

/** The Dockerfile of a context that the daemon fetches: inside it, unless it is given apart. */
async function remoteDockerfile(
  dockerfile: PlannedDockerfile | undefined,
  cwd: string,
  plan: Plan,
): Promise<void> {
  if (dockerfile === undefined) {
    plan.attrs.set("filename", DEFAULT_DOCKERFILE);
  } else if (typeof dockerfile === "object") {
    inlineDockerfile(dockerfile, plan);
  } else if (isAbsolute(dockerfile)) {
    await dockerfileOnDisk(resolve(cwd, dockerfile), plan);
    plan.attrs.set("dockerfilekey", "dockerfile");
  } else {
    plan.attrs.set("filename", dockerfile);
  }
}

function inlineDockerfile(given: Exclude<PlannedDockerfile, string>, plan: Plan): void {
  plan.dirs.set(
    "dockerfile",
    "files" in given ? given : filesSource({ [DEFAULT_DOCKERFILE]: given.content }),
  );
  plan.attrs.set("dockerfilekey", "dockerfile");
  plan.attrs.set("filename", DEFAULT_DOCKERFILE);
}

async function dockerfileOnDisk(path: string, plan: Plan): Promise<void> {
  let name = basename(path);
  if ((await kindOf(path)) === "missing") {
    const lower = name.toLowerCase();
    const found = name === DEFAULT_DOCKERFILE && (await kindOf(join(dirname(path), lower))) === "file";
    if (!found) throw dockerfileMissing(path);
    name = lower;
  }
  plan.dirs.set("dockerfile", { root: dirname(path) });
  plan.attrs.set("filename", name);
}

function dockerfileMissing(path: string): TsbxError {
  return new TsbxError("DOCKERFILE_NOT_FOUND", `failed to read dockerfile: ${path} not found`, {
    hint: "name another file with -f, or run the build from the directory that holds it",
  });
}

function filesSource(files: Readonly<Record<string, string | Uint8Array>>): LocalSource {
  const encode = (content: string | Uint8Array) =>
    typeof content === "string" ? Buffer.from(content) : content;
  return { files: new Map(Object.entries(files).map(([path, content]) => [path, encode(content)])) };
}

export async function kindOf(path: string): Promise<"directory" | "file" | "missing"> {
  try {
    return (await stat(path)).isDirectory() ? "directory" : "file";
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return "missing";
    throw new TsbxError("UNREADABLE_PATH", `cannot read ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
