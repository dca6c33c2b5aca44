import type * as wire from "../../gen/control.ts";
import type { Range } from "../../gen/llb.ts";
import type {
  ProgressEvent,
  SourceRange,
  Vertex,
  VertexLog,
  VertexStatus,
  VertexWarning,
} from "../../progress/events.ts";
import { nanoseconds } from "./timestamp.ts";

/** One message of the status stream in the model that renderers and SDK users see. */
export function progressEvent(message: wire.StatusResponse): ProgressEvent {
  return {
    vertexes: message.vertexes.map(vertex),
    statuses: message.statuses.map(status),
    logs: message.logs.map(log),
    warnings: message.warnings.map(warning),
  };
}

function vertex(message: wire.Vertex): Vertex {
  return {
    digest: message.digest,
    inputs: message.inputs,
    name: message.name,
    cached: message.cached,
    ...(message.started && { started: nanoseconds(message.started) }),
    ...(message.completed && { completed: nanoseconds(message.completed) }),
    ...(message.error && { error: message.error }),
    ...(message.progressGroup && { progressGroup: { ...message.progressGroup } }),
  };
}

function status(message: wire.VertexStatus): VertexStatus {
  return {
    id: message.id,
    vertex: message.vertex,
    name: message.name,
    current: Number(message.current),
    total: Number(message.total),
    timestamp: nanoseconds(message.timestamp) ?? 0n,
    ...(message.started && { started: nanoseconds(message.started) }),
    ...(message.completed && { completed: nanoseconds(message.completed) }),
  };
}

function log(message: wire.VertexLog): VertexLog {
  return {
    vertex: message.vertex,
    stream: Number(message.stream),
    data: message.msg,
    timestamp: nanoseconds(message.timestamp) ?? 0n,
  };
}

function warning(message: wire.VertexWarning): VertexWarning {
  return {
    vertex: message.vertex,
    level: Number(message.level),
    short: text(message.short),
    detail: message.detail.map(text),
    ...(message.url && { url: message.url }),
    ...(message.info && {
      source: {
        filename: message.info.filename,
        data: message.info.data,
        ...(message.info.language && { language: message.info.language }),
      },
    }),
    ranges: message.ranges.map(range),
  };
}

function range(message: Range): SourceRange {
  return { start: message.start ?? ORIGIN, end: message.end ?? ORIGIN };
}

const ORIGIN = { line: 0, character: 0 };

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}
