import type { Transfer } from "@tsbx/core";
import type { ContextAdvice } from "../build/context-advice.ts";

/** All that a report shows. Times of steps are milliseconds since the first of them started. */
export interface ReportData {
  title: string;
  status: "built" | "failed" | "cancelled";
  /** When the build began, on this machine's clock. */
  began: Date;
  /** How long it took, in milliseconds. */
  duration: number;
  /** What was built and where, as label and value. */
  facts: readonly (readonly [label: string, value: string])[];
  steps: readonly ReportStep[];
  transfers: readonly Transfer[];
  /** What to do about a large context. */
  advice?: ContextAdvice | undefined;
  warnings: readonly ReportWarning[];
  /** Where the results went, a sentence each. */
  places: readonly string[];
  digest?: string | undefined;
  failure?: ReportFailure | undefined;
  version: string;
}

export type StepOutcome = "ran" | "cached" | "failed" | "cancelled";

export interface ReportStep {
  digest: string;
  name: string;
  outcome: StepOutcome;
  /** When it ran, in order. */
  runs: readonly { start: number; stop: number }[];
  inputs: readonly string[];
  /** What it did meanwhile, such as downloads. */
  parts: readonly ReportPart[];
  log: readonly ReportLine[];
  /** How many lines of output before these are left out. */
  dropped: number;
  error?: string | undefined;
  /** Why it was not cached, where that is known. */
  missed?: string | undefined;
}

export interface ReportPart {
  name: string;
  /** Such as `1.05MB / 3.64MB`; empty when it is not counted. */
  amount: string;
  /** How long it took, in milliseconds; undefined when it did not end. */
  duration: number | undefined;
}

export interface ReportLine {
  /** Milliseconds since the step's start. */
  at: number;
  text: string;
}

export interface ReportWarning {
  title: string;
  detail: string;
  url?: string | undefined;
  excerpt?: Excerpt | undefined;
}

export interface ReportFailure {
  message: string;
  hint?: string | undefined;
  excerpts: readonly Excerpt[];
}

/** Lines of a source file. */
export interface Excerpt {
  /** `<file>:<line>` */
  place: string;
  lines: readonly { number: number; marked: boolean; text: string }[];
}
