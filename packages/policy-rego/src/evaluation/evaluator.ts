import { where } from "../syntax/problem.ts";
import type { Branch, Rule } from "../syntax/tree.ts";
import type { Program, RuleGroup } from "./program.ts";
import { type Frame, Search, type Surroundings } from "./search.ts";
import { compare, EvaluationError, RegoSet, unambiguous, type Value } from "./values.ts";

/**
 * Evaluates rules with one input. Solutions are searched from left to right; undefined is no solution.
 * @throws FieldNeeded when it depends on a field of the input that is not resolved
 * @throws EvaluationError when there is no decision
 */
export class Evaluator {
  readonly #program: Program;
  readonly #search: Search;
  readonly #documents = new Map<string, Value | undefined>();

  constructor(program: Program, surroundings: Omit<Surroundings, "document" | "call">) {
    this.#program = program;
    this.#search = new Search({
      ...surroundings,
      document: (path) => this.document(path),
      call: (path, args) => this.#value(program.get(path)!, args),
    });
  }

  /** What all rules of a path say together. */
  document(path: string): Value | undefined {
    if (this.#documents.has(path)) return this.#documents.get(path);
    const group = this.#program.get(path);
    const value = group && this.#document(group);
    this.#documents.set(path, value);
    return value;
  }

  #document(group: RuleGroup): Value | undefined {
    if (group.kind === "set") {
      const members: Value[] = [];
      for (const rule of group.rules) {
        const frame: Frame = new Array(rule.slots);
        this.#search.body(rule.branch.body, 0, frame, () =>
          this.#search.each(rule.key!, frame, (value) => !members.push(value)),
        );
      }
      return RegoSet.of(members);
    }
    if (group.kind === "object") return this.#object(group);
    return this.#value(group, []);
  }

  #object(group: RuleGroup): Value {
    const entries: Array<[Value, Value]> = [];
    for (const rule of group.rules) {
      const frame: Frame = new Array(rule.slots);
      this.#search.body(rule.branch.body, 0, frame, () =>
        this.#search.each(rule.key!, frame, (key) =>
          this.#search.each(rule.branch.value, frame, (value) => !entries.push([key, value])),
        ),
      );
    }
    return unambiguous(entries, group.path);
  }

  /** The value of a rule, or of a function for its arguments. */
  #value(group: RuleGroup, args: readonly Value[]): Value | undefined {
    const found = group.rules.flatMap((rule) => this.#values(rule, args));
    if (found.length === 0 && group.fallback) found.push(...this.#values(group.fallback, args));
    const [first] = found;
    if (found.some((value) => compare(value, first!) !== 0)) {
      throw new EvaluationError(`${group.path} has several values (${where(group.at)})`);
    }
    return first;
  }

  #values(rule: Rule, args: readonly Value[]): Value[] {
    const frame: Frame = new Array(rule.slots);
    const values: Value[] = [];
    this.#search.matchAll(rule.args, args, frame, () => {
      for (let branch: Branch | undefined = rule.branch; branch; branch = branch.otherwise) {
        const { body, value } = branch;
        const before = values.length;
        this.#search.body(body, 0, frame, () =>
          this.#search.each(value, frame, (each) => !values.push(each)),
        );
        if (values.length > before) break;
      }
      return false;
    });
    return values;
  }
}
