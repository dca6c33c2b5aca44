import type { Value } from "../evaluation/values.ts";
import type { Place } from "./problem.ts";

export type Operator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "+" | "-" | "*" | "/" | "%" | "|" | "&";

/** What a name stands for; said by {@link resolveModules}. */
export type Meaning = { kind: "local"; slot: number } | { kind: "input" } | { kind: "rule"; path: string };

export interface NameTerm {
  kind: "name";
  name: string;
  at: Place;
  meaning?: Meaning;
}

export type Term =
  | { kind: "value"; value: Value }
  | NameTerm
  | { kind: "ref"; head: Term; path: Term[]; at: Place }
  | { kind: "call"; name: string; args: Term[]; at: Place; rule?: string }
  | { kind: "array" | "set"; items: Term[] }
  | { kind: "object"; entries: Array<[Term, Term]> }
  | { kind: "comprehension"; of: "array" | "set"; head: Term; body: Expression[] }
  | { kind: "comprehension"; of: "object"; key: Term; head: Term; body: Expression[] }
  | { kind: "operation"; operator: Operator; left: Term; right: Term };

export type Expression =
  | { kind: "term"; term: Term; at: Place }
  | { kind: "assign" | "unify"; left: Term; right: Term; at: Place }
  | { kind: "not"; expression: Expression; at: Place }
  | { kind: "some"; names: NameTerm[]; at: Place }
  | { kind: "someIn"; key?: Term; value: Term; domain: Term; at: Place }
  | { kind: "every"; key?: NameTerm; value: NameTerm; domain: Term; body: Expression[]; at: Place };

/** One body with what it stands for, and what is tried when it fails. */
export interface Branch {
  value: Term;
  body: Expression[];
  otherwise?: Branch;
}

export interface Rule {
  kind: "complete" | "set" | "object" | "function";
  name: string;
  at: Place;
  isDefault: boolean;
  args: Term[];
  /** Of an object, the key; of a set, the member. */
  key?: Term;
  branch: Branch;
  /** How many local variables the rule has; said by {@link resolveModules}. */
  slots: number;
}

export interface Import {
  /** `data` or `input`, and what follows. */
  path: string[];
  as: string;
  at: Place;
}

export interface Module {
  file: string;
  package: string[];
  imports: Import[];
  rules: Rule[];
}
