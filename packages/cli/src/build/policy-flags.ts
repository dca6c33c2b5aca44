import { TsbxError } from "@tsbx/core/errors";
import { parseBoolean } from "../flags/boolean.ts";
import { parseCsv } from "../flags/csv.ts";
import { splitKeyValue } from "../flags/key-value.ts";

/** How much a policy tells of its decisions: the names that the peer takes, the quietest first. */
const LOG_LEVELS = ["panic", "fatal", "error", "warn", "info", "debug", "trace"] as const;

export type PolicyLogLevel = (typeof LOG_LEVELS)[number];

interface PolicySettings {
  /** Whether it is an error that the daemon cannot ask about sources. */
  strict?: boolean;
  logLevel?: PolicyLogLevel;
}

/** Modules that make one policy together. Of several sets all must allow. */
export interface PolicySet extends PolicySettings {
  /** As they were named. */
  files: readonly string[];
}

interface PolicyEntry extends PolicySet {
  reset: boolean;
  disabled: boolean;
}

/**
 * The policies that a build is to obey, in their order: the one beside the Dockerfile first, unless a value says
 * `reset=true`. A value without a file is about the set before it, or about all after it where there is none.
 * @param own the policy beside the Dockerfile
 * @returns `undefined` when `disabled=true` turns all of them off
 * @throws TsbxError `INVALID_POLICY`, `INVALID_CSV`
 */
export function policySets(values: readonly string[], own: PolicySet | undefined): PolicySet[] | undefined {
  const entries = values.map(parseEntry);
  if (entries.some(({ disabled }) => disabled)) {
    const [{ files, reset, strict, logLevel }] = entries as [PolicyEntry];
    if (entries.length === 1 && files.length === 0 && !reset && strict === undefined && !logLevel)
      return undefined;
    throw new TsbxError("INVALID_POLICY", "disabled policy cannot be combined with other policy flags", {
      hint: "Give --policy disabled=true alone, or leave it out.",
    });
  }
  let sets: PolicySet[] = own ? [own] : [];
  let defaults: PolicySettings = {};
  for (const { files, reset, disabled: _, ...settings } of entries) {
    if (reset) sets = [];
    const last = sets.at(-1);
    if (files.length > 0) sets.push({ ...defaults, ...settings, files });
    else if (last) sets[sets.length - 1] = { ...last, ...settings };
    else defaults = settings;
  }
  return sets;
}

function parseEntry(text: string): PolicyEntry {
  const files: string[] = [];
  const entry: PolicyEntry = { files, reset: false, disabled: false };
  for (const field of parseCsv(text)) {
    const [name, value] = splitKeyValue(field);
    if (value === undefined) throw invalid(field);
    const key = name.trim().toLowerCase();
    if (key === "filename" && value !== "") files.push(value);
    else if (key === "reset" || key === "disabled" || key === "strict") entry[key] = boolean(value, field);
    else if (key === "log-level") entry.logLevel = logLevel(value, field);
    else throw invalid(field);
  }
  return entry;
}

function boolean(value: string, field: string): boolean {
  const parsed = parseBoolean(value);
  if (parsed === undefined) throw invalid(field, `: "${value}" is not a boolean`);
  return parsed;
}

function logLevel(value: string, field: string): PolicyLogLevel {
  const name = value.toLowerCase();
  const level = LOG_LEVELS.find((each) => each === name || (each === "warn" && name === "warning"));
  if (!level) throw invalid(field, `: it is none of ${LOG_LEVELS.join(", ")}`);
  return level;
}

function invalid(field: string, reason = ""): TsbxError {
  return new TsbxError("INVALID_POLICY", `invalid value ${field}${reason}`, {
    hint: "A policy is filename=FILE[,filename=FILE], with reset=, strict= and log-level= besides, or disabled=true.",
  });
}
