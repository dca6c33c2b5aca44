import { TsbxError } from "../errors.ts";
import type { BuildOptions } from "./options.ts";
import type { Plan } from "./plan.ts";
import type { BuildResult } from "./run.ts";

/** What a frontend said to a `call`; see "Subrequests" of BuildKit's Dockerfile frontend. */
export interface FrontendAnswer {
  /** Version of the answer's format, such as `1.0.0`. */
  version: string;
  /** The answer as data (`result.json`), for requests that have one. */
  json?: unknown;
  /** The answer as the frontend would print it (`result.txt`). */
  text?: string;
  /** What a program that asks is to exit with: not 0 when a check has found something. */
  statusCode: number;
}

const CAPABILITY = "moby.buildkit.frontend.subrequests+forward";

/**
 * Lets the frontend answer instead of build. Comes after what else needs capabilities of it.
 * @internal
 */
export function planCall({ call }: BuildOptions, plan: Plan): void {
  if (!call) return;
  const capabilities = plan.attrs.get("frontend.caps");
  plan.attrs.set("frontend.caps", capabilities ? `${capabilities},${CAPABILITY}` : CAPABILITY);
  plan.attrs.set("requestid", `frontend.${call}`);
  plan.call = true;
}

/** The options of a call without all that is for results. */
export function withoutResults(options: BuildOptions): BuildOptions {
  return { ...options, outputs: [], push: false, load: false, cacheTo: [] };
}

/** Reads the answer out of what a call has returned. */
export function answerOf({
  exporterResponse: entries,
}: Pick<BuildResult, "exporterResponse">): FrontendAnswer {
  const { "result.json": json, "result.txt": text, "result.statuscode": code } = entries;
  return {
    version: entries.version ?? "",
    ...(json !== undefined && { json: parsed(json) }),
    ...(text !== undefined && { text }),
    statusCode: Number(code) || 0,
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new TsbxError("INVALID_ANSWER", "the frontend's answer is not JSON", { cause });
  }
}
