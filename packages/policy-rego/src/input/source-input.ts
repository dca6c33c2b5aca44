import type { SourceRequest } from "@tsbx/core";
import { EvaluationError, RegoObject, type Unresolved, type Value } from "../evaluation/values.ts";
import { type BuildEnvironment, environmentInput } from "./build-environment.ts";
import { gitInput } from "./git-input.ts";
import { httpInput } from "./http-input.ts";
import { imageInput } from "./image-input.ts";

export type Entries = Array<readonly [string, Value | Unresolved]>;

/**
 * The input that a policy decides about: what is known of a source, with marks where more can be asked for.
 * @throws EvaluationError for a source that policies cannot decide about
 */
export function sourceInput(request: SourceRequest, env: BuildEnvironment): RegoObject {
  const [, scheme = "", rest = ""] = /^([a-z-]+):\/\/(.*)$/s.exec(request.identifier) ?? [];
  const of = (kind: string, entries: Entries) =>
    RegoObject.of([
      ["env", environmentInput(env)],
      [kind, RegoObject.of(entries)],
    ]);
  if (scheme === "docker-image") return of("image", imageInput(rest, request));
  if (scheme === "http" || scheme === "https") return of("http", httpInput(request));
  if (scheme === "git") return of("git", gitInput(rest, request));
  if (scheme === "local") return of("local", [["name", rest]]);
  throw new EvaluationError(`no policy can decide about ${request.identifier}`);
}
