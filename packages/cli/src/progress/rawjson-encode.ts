import type {
  Nanoseconds,
  ProgressEvent,
  SourceRange,
  Vertex,
  VertexLog,
  VertexStatus,
  VertexWarning,
} from "@tsbx/core/progress";

/**
 * One event as JSON with the keys, their order and the spelling that BuildKit's own clients use: what is
 * empty is left out, bytes are base64, times are RFC 3339 with nanoseconds.
 */
export function encodeRawJson(event: ProgressEvent): string {
  const json = JSON.stringify({
    vertexes: list(event.vertexes, encodeVertex),
    statuses: list(event.statuses, encodeStatus),
    logs: list(event.logs, encodeLog),
    warnings: list(event.warnings, encodeWarning),
  });
  // The other clients escape these wherever they stand; outside of strings there are none.
  return json.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function encodeVertex(vertex: Vertex): object {
  const { progressGroup: group } = vertex;
  return {
    digest: present(vertex.digest),
    inputs: list(vertex.inputs, (digest) => digest),
    name: present(vertex.name),
    started: time(vertex.started),
    completed: time(vertex.completed),
    cached: present(vertex.cached),
    error: present(vertex.error),
    progressGroup: group && { id: present(group.id), name: present(group.name), weak: present(group.weak) },
  };
}

function encodeStatus(status: VertexStatus): object {
  return {
    id: status.id,
    vertex: present(status.vertex),
    name: present(status.name),
    total: present(status.total),
    current: status.current,
    timestamp: formatTimestamp(status.timestamp),
    started: time(status.started),
    completed: time(status.completed),
  };
}

function encodeLog({ vertex, stream, data, timestamp }: VertexLog): object {
  return {
    vertex: present(vertex),
    stream: present(stream),
    data: data.length === 0 ? null : base64(data),
    timestamp: formatTimestamp(timestamp),
  };
}

/** A warning with the keys and the spelling that BuildKit's own clients use. */
export function encodeWarning(warning: VertexWarning): object {
  const { source } = warning;
  return {
    vertex: present(warning.vertex),
    level: present(warning.level),
    short: present(base64(warning.short)),
    detail: list(warning.detail, base64),
    url: present(warning.url),
    sourceInfo: source && {
      filename: present(source.filename),
      data: present(base64(source.data)),
      language: present(source.language),
    },
    range: list(warning.ranges, encodeRange),
  };
}

function encodeRange({ start, end }: SourceRange): object {
  const position = ({ line, character }: SourceRange["start"]) => ({
    line: present(line),
    character: present(character),
  });
  return { start: position(start), end: position(end) };
}

function present<T extends string | number | boolean>(value: T | undefined): T | undefined {
  return value || undefined;
}

function list<T, U>(values: readonly T[], encode: (value: T) => U): U[] | undefined {
  return values.length === 0 ? undefined : values.map(encode);
}

function base64(data: string | Uint8Array): string {
  const bytes =
    typeof data === "string" ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.length);
  return bytes.toString("base64");
}

function time(value: Nanoseconds | undefined): string | undefined {
  return value === undefined ? undefined : formatTimestamp(value);
}

/** RFC 3339 in UTC, with as many decimals as it takes: `2024-05-01T10:00:00.25Z`. */
export function formatTimestamp(value: Nanoseconds): string {
  const nanoseconds = ((value % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = (value - nanoseconds) / 1_000_000_000n;
  const fraction = nanoseconds.toString().padStart(9, "0").replace(/0+$/, "");
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -".000Z".length);
  return `${whole}${fraction && "."}${fraction}Z`;
}
