import { Code, codeName, GrpcError } from "../buildkit/transport/status.ts";
import { isTsbxError, TsbxError, type TsbxErrorOptions } from "../errors.ts";
import { Status } from "../gen/status.ts";
import type { SourceInfo, SourceRange } from "../progress/events.ts";

/** A place in a Dockerfile that an error is about. */
export interface ErrorSource {
  info: SourceInfo;
  ranges: SourceRange[];
}

interface FailureFields {
  vertex?: string;
  sources: readonly ErrorSource[];
  status: number;
}

/** A build that failed on the daemon. Its code is `BUILD_FAILED`, or that of a subclass. */
export class BuildError extends TsbxError {
  /** Digest of the step that failed. */
  readonly vertex?: string;
  /** Where in the Dockerfile; the last one is the innermost. */
  readonly sources: readonly ErrorSource[];
  /** gRPC status code that the daemon ended with. */
  readonly status: number;

  constructor(message: string, fields: FailureFields, options: TsbxErrorOptions, code = "BUILD_FAILED") {
    super(code, message, options);
    if (fields.vertex !== undefined) this.vertex = fields.vertex;
    this.sources = fields.sources;
    this.status = fields.status;
  }
}

/** A build that a source policy ended. Its code is `SOURCE_DENIED`; its cause what `verifySource` threw, if it did. */
export class SourceDeniedError extends BuildError {
  /** The source, for example `docker-image://docker.io/library/alpine:latest`. */
  readonly identifier: string;
  /** Why, in the words of who denied it. */
  readonly messages: readonly string[];

  constructor(
    message: string,
    fields: FailureFields & { identifier: string; messages: readonly string[] },
    options: TsbxErrorOptions,
  ) {
    super(message, fields, options, "SOURCE_DENIED");
    this.identifier = fields.identifier;
    this.messages = fields.messages;
  }
}

/** What an old frontend lacks that it was asked for, by the capability's name, and what to do about it. */
const LACKING: Readonly<Record<string, { message: string; hint: string }>> = {
  "moby.buildkit.frontend.contexts": {
    message: "current frontend does not support --build-context",
    hint: "Named contexts are supported since Dockerfile v1.4: name a newer frontend in the Dockerfile's # syntax= line, or update BuildKit.",
  },
  "moby.buildkit.frontend.gitquerystring": {
    message: "current frontend does not support Git URLs with query string components",
    hint: "They are supported since Dockerfile v1.18 and BuildKit v0.24: name a newer frontend in the Dockerfile's # syntax= line or with --build-arg BUILDKIT_SYNTAX=..., or update BuildKit.",
  },
};

/** How an error ends with which a daemon refuses a source: by a JSON policy, or by its session's. */
const DENIED =
  /source ("(?:[^"\\]|\\.)*") (?:denied by policy: source denied by policy|not allowed by policy: action DENY)(?: \(did you mean [^()]*\?\))?$/;

/** What a failed solve's status says, with the typed details that BuildKit put into it. */
export function buildError(error: GrpcError): BuildError {
  const vertices: string[] = [];
  const sources: ErrorSource[] = [];
  const messages: string[] = [];
  for (const { type, json } of errorDetails(error)) {
    if (type === "Vertex") vertices.push(textOf(get(json, "digest")));
    if (type === "Source") {
      const source = sourceOf(json);
      if (source) sources.push(source);
    }
    if (type === "DecisionResponse") messages.push(...denyMessages(json));
  }
  const vertex = vertices.at(-1);
  const fields = { ...(vertex && { vertex }), sources, status: error.code };
  const [, capability = ""] = /unsupported frontend capability ([\w.]+)/.exec(error.message) ?? [];
  const lacking = LACKING[capability];
  if (lacking) return new BuildError(lacking.message, fields, { cause: error, hint: lacking.hint });
  const status = error.code === Code.UNKNOWN ? "" : `${goCodeName(error.code)}: `;
  const message = `failed to solve: ${status}${error.message}`;
  const [, denied] = DENIED.exec(error.message) ?? [];
  if (denied) {
    const identifier = unquoted(denied);
    return new SourceDeniedError(message, { ...fields, identifier, messages }, { cause: error });
  }
  // Of a connection that was lost, its driver may know why.
  const loss = isTsbxError(error.cause) ? error.cause : undefined;
  return new BuildError(loss ? `${message}: ${loss.message}` : message, fields, {
    cause: error,
    ...(loss?.hint && { hint: loss.hint }),
  });
}

/** What cannot be read is left out: the message says what is wrong without it. */
function detailsOf({ details }: GrpcError): Status["details"] {
  try {
    return details ? Status.decode(details).details : [];
  } catch {
    return [];
  }
}

const OWN_TYPE = /^github\.com\/moby\/buildkit\/(?:errdefs|policysession)\.(\w+)\+json$/;

/**
 * The details of an error that have one of BuildKit's own types, by its name.
 * @internal
 */
export function errorDetails(error: GrpcError): Array<{ type: string; json: object }> {
  return detailsOf(error).flatMap(({ typeUrl, value }) => {
    // The values are JSON in spite of the Any around them.
    const [, type] = OWN_TYPE.exec(typeUrl) ?? [];
    const json = type && parseJson(value);
    return type && json ? [{ type, json }] : [];
  });
}

/**
 * The status to hand back to the daemon, so that it records the build as failed with the same error.
 * @internal
 */
export function wireStatus(error: unknown): Status {
  if (error instanceof GrpcError && error.details) return Status.decode(error.details);
  const code = error instanceof GrpcError ? error.code : Code.UNKNOWN;
  const message = error instanceof Error ? error.message : String(error);
  return { code, message, details: [] };
}

function sourceOf(json: object): ErrorSource | undefined {
  const info = get(json, "info");
  const ranges = get(json, "ranges");
  if (typeof info !== "object" || info === null) return undefined;
  const language = get(info, "language");
  return {
    info: {
      filename: textOf(get(info, "filename")),
      data: Buffer.from(textOf(get(info, "data")), "base64"),
      ...(typeof language === "string" && language && { language }),
    },
    ranges: (Array.isArray(ranges) ? ranges : []).map((range: unknown) => ({
      start: positionOf(get(Object(range), "start")),
      end: positionOf(get(Object(range), "end")),
    })),
  };
}

function denyMessages(json: object): string[] {
  const messages = get(json, "denymessages");
  if (!Array.isArray(messages)) return [];
  return messages.map((each: unknown) => textOf(get(Object(each), "message"))).filter(Boolean);
}

/** A string as Go quotes it, where that is as JSON does; else what stands between the quotes. */
function unquoted(quoted: string): string {
  try {
    return JSON.parse(quoted);
  } catch {
    return quoted.slice(1, -1);
  }
}

function positionOf(json: unknown): { line: number; character: number } {
  if (typeof json !== "object" || json === null) return { line: 0, character: 0 };
  return { line: numberOf(get(json, "line")), character: numberOf(get(json, "character")) };
}

function textOf(json: unknown): string {
  return typeof json === "string" ? json : "";
}

function numberOf(json: unknown): number {
  return typeof json === "number" ? json : 0;
}

/** Daemons before 0.11 wrote some keys with a capital. */
function get(json: object, key: string): unknown {
  const found = Object.entries(json).find(([name]) => name.toLowerCase() === key);
  return found?.[1];
}

function parseJson(bytes: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `NotFound` for `NOT_FOUND`: the spelling in which users know these from BuildKit's tools. */
function goCodeName(code: number): string {
  if (code === Code.CANCELLED) return "Canceled";
  return codeName(code)
    .split("_")
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join("");
}
