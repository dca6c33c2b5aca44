import type { Place } from "../syntax/problem.ts";
import type { Rule } from "../syntax/tree.ts";

/** All rules of one name in one package. */
export interface RuleGroup {
  /** `data.package.name` */
  path: string;
  kind: Rule["kind"];
  rules: Rule[];
  fallback?: Rule;
  at: Place;
  /** The groups that its rules refer to, by their paths. */
  uses: Set<string>;
}

/** The rules of all modules, by path. */
export type Program = ReadonlyMap<string, RuleGroup>;
