import { randomBytes, randomUUID } from "node:crypto";
import { type BuilderNode, type BuildOptions, type BuildResult, build, type Vertex } from "@tsbx/core";
import type { Trial } from "./trial.ts";

/** Needs no base image and no network, and runs nothing. */
const DOCKERFILE = "FROM scratch\nCOPY payload /payload\n";

/** A build's result and the last state of each of its steps. */
export interface Built {
  result: BuildResult;
  vertexes: readonly Vertex[];
}

/** A build of one small file that no cache has. */
export function smallBuild(asked: Partial<BuildOptions> = {}): BuildOptions {
  return {
    context: { files: { payload: randomBytes(64) } },
    dockerfile: { content: DOCKERFILE },
    ...asked,
  };
}

/** A reference that no image has yet. */
export function newReference(): string {
  return `tsbx-conformance:${randomUUID()}`;
}

/** Builds, and follows the progress to its end. */
export async function runBuild(node: BuilderNode, options: BuildOptions, trial: Trial): Promise<Built> {
  const run = build(node, { cwd: trial.directory, ...options, signal: options.signal ?? trial.signal });
  const vertexes = new Map<string, Vertex>();
  for await (const event of run.progress) {
    for (const vertex of event.vertexes) vertexes.set(vertex.digest, vertex);
  }
  return { result: await run.result, vertexes: [...vertexes.values()] };
}

/** Whether the file was in the cache already. */
export function wasCached({ vertexes }: Built): boolean {
  return vertexes.some(({ name, cached }) => name.includes("COPY payload") && cached);
}
