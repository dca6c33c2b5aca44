/** Nanoseconds since the Unix epoch. All events of a build are on this machine's clock. */
export type Nanoseconds = bigint;

/** One step of the build graph. It is sent again, whole, whenever something of it changes. */
export interface Vertex {
  digest: string;
  inputs: string[];
  name: string;
  started?: Nanoseconds;
  completed?: Nanoseconds;
  cached: boolean;
  /** Ends in `context canceled` when the step was cancelled, not failed. */
  error?: string;
  progressGroup?: { id: string; name: string; weak: boolean };
}

/** Progress inside a vertex, such as one layer's download. Its key is the pair of `vertex` and `id`. */
export interface VertexStatus {
  id: string;
  /** Digest of the vertex that it belongs to. */
  vertex: string;
  name: string;
  /** Bytes or a count. */
  current: number;
  /** 0 when it is not known. */
  total: number;
  timestamp: Nanoseconds;
  started?: Nanoseconds;
  completed?: Nanoseconds;
}

/** A piece of a step's output: raw bytes that may stop inside a line or a character. */
export interface VertexLog {
  vertex: string;
  /** 1 is stdout, 2 is stderr. */
  stream: number;
  data: Uint8Array;
  timestamp: Nanoseconds;
}

export interface SourcePosition {
  /** 1-based. */
  line: number;
  character: number;
}

export interface SourceRange {
  start: SourcePosition;
  end: SourcePosition;
}

export interface SourceInfo {
  filename: string;
  data: Uint8Array;
  language?: string;
}

/** A warning of the frontend about the Dockerfile. */
export interface VertexWarning {
  vertex: string;
  level: number;
  short: string;
  detail: string[];
  url?: string;
  source?: SourceInfo;
  ranges: SourceRange[];
}

/** One message of a build's progress: what changed since the last one. */
export interface ProgressEvent {
  vertexes: Vertex[];
  statuses: VertexStatus[];
  logs: VertexLog[];
  warnings: VertexWarning[];
}
