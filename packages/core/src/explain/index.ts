export type { MissReason } from "./changes.ts";
export { type CacheMiss, explainMisses } from "./explain.ts";
export type { FileList } from "./files.ts";
export type { BuildGraph, GraphStep, LocalPaths, StepSource } from "./graph.ts";
export { type CacheSnapshot, type SnapshotOptions, type SnapshotStep, takeSnapshot } from "./snapshot.ts";
export { parseStepName, type StepName } from "./step-name.ts";
