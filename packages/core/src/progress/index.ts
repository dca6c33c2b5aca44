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
export { type Interval, mergeIntervals, totalDuration } from "./interval.ts";
export type { LogLine, LogTail } from "./log-tail.ts";
export { wallClock } from "./own-clock.ts";
export { sourceExcerpt } from "./source-excerpt.ts";
export { Timeline, type TimelineOptions } from "./timeline.ts";
export type { Outcome, TimelineVertex } from "./timeline-vertex.ts";
