import type { Expression, Term } from "../syntax/tree.ts";
import type { BuiltIn } from "./built-in.ts";
import { operate } from "./operations.ts";
import {
  compare,
  EvaluationError,
  element,
  elements,
  isArray,
  isCollection,
  RegoObject,
  RegoSet,
  toText,
  unambiguous,
  type Value,
} from "./values.ts";

/** The values of a rule's local variables, by their slots. */
export type Frame = Array<Value | undefined>;

/** Takes one of several solutions. Returns true when no more are wanted. */
type Take<T extends unknown[]> = (...found: T) => boolean;

/** What terms refer to. */
export interface Surroundings {
  input: Value;
  functions: ReadonlyMap<string, BuiltIn>;
  print: (text: string) => void;
  /** What all rules of a path say together. */
  document: (path: string) => Value | undefined;
  /** What a rule that is a function says. */
  call: (path: string, args: readonly Value[]) => Value | undefined;
}

/** How many expressions one decision may take. */
const MAX_STEPS = 5_000_000;

/** Finds the solutions of expressions, and the values of terms, from left to right. */
export class Search {
  readonly #around: Surroundings;
  #steps = 0;

  constructor(surroundings: Surroundings) {
    this.#around = surroundings;
  }

  /** Each way in which all expressions of a body hold. */
  body(body: readonly Expression[], index: number, frame: Frame, take: Take<[]>): boolean {
    const expression = body[index];
    if (!expression) return take();
    if (++this.#steps > MAX_STEPS) throw new EvaluationError("it takes too many steps");
    return this.#expression(expression, frame, () => this.body(body, index + 1, frame, take));
  }

  #expression(expression: Expression, frame: Frame, take: Take<[]>): boolean {
    switch (expression.kind) {
      case "term":
        return this.each(expression.term, frame, (value) => value !== false && take());
      case "assign":
      case "unify":
        return this.each(expression.right, frame, (value) =>
          this.#match(expression.left, value, frame, take),
        );
      case "not":
        return !this.#expression(expression.expression, frame, () => true) && take();
      case "some":
        return take();
      case "someIn":
        return this.each(expression.domain, frame, (domain) =>
          elements(domain).some(([key, value]) => {
            const matchValue = () => this.#match(expression.value, value, frame, take);
            return expression.key ? this.#match(expression.key, key, frame, matchValue) : matchValue();
          }),
        );
      case "every":
        return this.each(expression.domain, frame, (domain) => {
          if (!isCollection(domain)) return false;
          const holds = ([key, value]: readonly [Value, Value]) => {
            const body = () => this.body(expression.body, 0, frame, () => true);
            const matchValue = () => this.#match(expression.value, value, frame, body);
            return expression.key ? this.#match(expression.key, key, frame, matchValue) : matchValue();
          };
          return elements(domain).every(holds) && take();
        });
    }
  }

  /** Gives the pattern's variables their values, for as long as `take` goes on. */
  #match(pattern: Term, value: Value, frame: Frame, take: Take<[]>): boolean {
    if (pattern.kind === "name" && pattern.meaning?.kind === "local") {
      const { slot } = pattern.meaning;
      const known = frame[slot];
      if (known !== undefined) return compare(known, value) === 0 && take();
      frame[slot] = value;
      try {
        return take();
      } finally {
        frame[slot] = undefined;
      }
    }
    if (pattern.kind === "array")
      return (
        isArray(value) &&
        value.length === pattern.items.length &&
        this.matchAll(pattern.items, value, frame, take)
      );
    if (pattern.kind === "object") return this.#matchObject(pattern.entries, value, frame, take);
    return this.each(pattern, frame, (wanted) => compare(wanted, value) === 0 && take());
  }

  matchAll(
    patterns: readonly Term[],
    values: readonly Value[],
    frame: Frame,
    take: Take<[]>,
    index = 0,
  ): boolean {
    const pattern = patterns[index];
    if (!pattern) return take();
    return this.#match(pattern, values[index]!, frame, () =>
      this.matchAll(patterns, values, frame, take, index + 1),
    );
  }

  #matchObject(
    entries: ReadonlyArray<readonly [Term, Term]>,
    value: Value,
    frame: Frame,
    take: Take<[]>,
  ): boolean {
    if (!(value instanceof RegoObject) || value.size !== entries.length) return false;
    const patterns = entries.map(([, pattern]) => pattern);
    return this.#all(
      entries.map(([key]) => key),
      frame,
      (keys) => {
        const values = keys.map((key) => value.get(key));
        if (!values.every((each) => each !== undefined)) return false;
        // Of two keys that are one, another of the value's is left over.
        if (RegoSet.of(keys).size !== keys.length) return false;
        return this.matchAll(patterns, values, frame, take);
      },
    );
  }

  /** All values that a term has. */
  each(term: Term, frame: Frame, take: Take<[Value]>): boolean {
    switch (term.kind) {
      case "value":
        return take(term.value);
      case "name": {
        const value = this.#name(term, frame);
        return value !== undefined && take(value);
      }
      case "ref":
        return this.each(term.head, frame, (head) => this.#walk(head, term.path, 0, frame, take));
      case "call":
        return this.#call(term, frame, take);
      case "array":
        return this.#all(term.items, frame, (items) => take([...items]));
      case "set":
        return this.#all(term.items, frame, (items) => take(RegoSet.of(items)));
      case "object":
        return this.#all(term.entries.flat(), frame, (flat) => {
          const entries = term.entries.map((_, index): [Value, Value] => [
            flat[2 * index]!,
            flat[2 * index + 1]!,
          ]);
          return take(unambiguous(entries));
        });
      case "operation":
        return this.#all([term.left, term.right], frame, ([left, right]) => {
          const value = operate(term.operator, left!, right!);
          return value !== undefined && take(value);
        });
      case "comprehension":
        return take(this.#comprehension(term, frame));
    }
  }

  #name({ name, meaning }: Extract<Term, { kind: "name" }>, frame: Frame): Value | undefined {
    if (meaning?.kind === "input") return this.#around.input;
    if (meaning?.kind === "rule") return this.#around.document(meaning.path);
    const value = meaning && frame[meaning.slot];
    if (value === undefined) throw new EvaluationError(`the variable ${name} has no value`);
    return value;
  }

  /** Each combination of the values of several terms. */
  #all(terms: readonly Term[], frame: Frame, take: Take<[readonly Value[]]>): boolean {
    const values: Value[] = [];
    const next = (index: number): boolean => {
      const term = terms[index];
      if (!term) return take(values);
      return this.each(term, frame, (value) => {
        values[index] = value;
        return next(index + 1);
      });
    };
    return next(0);
  }

  #walk(value: Value, path: readonly Term[], index: number, frame: Frame, take: Take<[Value]>): boolean {
    const key = path[index];
    if (!key) return take(value);
    const on = (next: Value | undefined) =>
      next !== undefined && this.#walk(next, path, index + 1, frame, take);
    if (key.kind === "name" && key.meaning?.kind === "local" && frame[key.meaning.slot] === undefined) {
      return elements(value).some(([at, next]) => this.#match(key, at, frame, () => on(next)));
    }
    return this.each(key, frame, (at) => on(element(value, at)));
  }

  #comprehension(term: Extract<Term, { kind: "comprehension" }>, frame: Frame): Value {
    if (term.of === "object") {
      const entries: Array<[Value, Value]> = [];
      this.body(term.body, 0, frame, () =>
        this.#all([term.key, term.head], frame, ([key, value]) => !entries.push([key!, value!])),
      );
      return unambiguous(entries);
    }
    const values: Value[] = [];
    this.body(term.body, 0, frame, () => this.each(term.head, frame, (value) => !values.push(value)));
    return term.of === "array" ? values : RegoSet.of(values);
  }

  #call(term: Extract<Term, { kind: "call" }>, frame: Frame, take: Take<[Value]>): boolean {
    if (term.name === "print" && term.rule === undefined)
      return this.#printed(term.args, frame) && take(true);
    return this.#all(term.args, frame, (args) => {
      const { call, functions } = this.#around;
      const value =
        term.rule === undefined ? functions.get(term.name)!.call(args) : call(term.rule, [...args]);
      return value !== undefined && take(value);
    });
  }

  #printed(args: readonly Term[], frame: Frame): true {
    const texts = args.map((arg) => {
      let text = "<undefined>";
      this.each(arg, frame, (value) => {
        text = typeof value === "string" ? value : toText(value);
        return true;
      });
      return text;
    });
    this.#around.print(texts.join(" "));
    return true;
  }
}
