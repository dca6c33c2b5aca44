export type {
  Nanoseconds,
  ProgressEvent,
  SourceInfo,
  SourcePosition,
  SourceRange,
  Vertex,
  VertexLog,
  VertexStatus,
  VertexWarning,
} from "./events.ts";
