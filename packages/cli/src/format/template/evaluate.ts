import { fieldOf, itemsOf } from "./collections.ts";
import { TemplateError } from "./error.ts";
import { FUNCTIONS, type TemplateFunction } from "./functions.ts";
import { Scope } from "./scope.ts";
import type { Command, Operand, Part, Pipeline } from "./syntax.ts";
import { isTrue, textOf } from "./values.ts";

/** How a template looks at its data. */
export interface Reading {
  functions: Readonly<Record<string, TemplateFunction>>;
  fieldOf(value: unknown, name: string): unknown;
  itemsOf(value: unknown): readonly (readonly [key: string | number, item: unknown])[];
}

export const READING: Reading = { functions: FUNCTIONS, fieldOf, itemsOf };

type Flow = "break" | "continue" | undefined;

/** Runs a parsed template on one value. What it prints is in `output`, also when it fails in the middle. */
export class Evaluator {
  readonly output: string[] = [];
  readonly #reading: Reading;
  #scope: Scope;

  constructor(data: unknown, reading: Reading = READING) {
    this.#reading = reading;
    this.#scope = new Scope(data);
  }

  run(parts: readonly Part[]): Flow {
    for (const part of parts) {
      const flow = this.#runPart(part);
      if (flow) return flow;
    }
    return undefined;
  }

  #runPart(part: Part): Flow {
    switch (part.kind) {
      case "text":
        this.output.push(part.text);
        return undefined;
      case "action": {
        const value = this.#declare(part.pipeline);
        if (part.pipeline.variables.length === 0) this.output.push(printed(value));
        return undefined;
      }
      case "if":
      case "with":
        return this.#inScope(() => {
          const value = this.#declare(part.pipeline);
          if (!isTrue(value)) return this.run(part.otherwise);
          if (part.kind === "with") this.#scope.dot = value;
          return this.run(part.then);
        });
      case "range":
        return this.#inScope(() => this.#range(part));
      default:
        return part.kind;
    }
  }

  #range({ pipeline, then, otherwise }: Part & { kind: "range" }): Flow {
    const items = at(pipeline.at, () => this.#reading.itemsOf(this.#pipeline(pipeline)));
    if (items.length === 0) return this.run(otherwise);
    const names = pipeline.variables;
    for (const [key, item] of items) {
      const flow = this.#inScope(() => {
        this.#scope.dot = item;
        const values = names.length === 2 ? [key, item] : [item];
        for (const [i, name] of names.entries()) this.#set(pipeline, name, values[i]);
        return this.run(then);
      });
      if (flow === "break") break;
    }
    return undefined;
  }

  #inScope<T>(action: () => T): T {
    const outer = this.#scope;
    this.#scope = new Scope(outer.dot, outer);
    try {
      return action();
    } finally {
      this.#scope = outer;
    }
  }

  #declare(pipeline: Pipeline): unknown {
    const value = this.#pipeline(pipeline);
    for (const name of pipeline.variables) this.#set(pipeline, name, value);
    return value;
  }

  #set({ assigns, at: place }: Pipeline, name: string, value: unknown): void {
    if (assigns) at(place, () => this.#scope.assign(name, value));
    else this.#scope.declare(name, value);
  }

  #pipeline({ commands }: Pipeline): unknown {
    const [first, ...others] = commands;
    return others.reduce((value, command) => this.#command(command, [value]), this.#command(first!, []));
  }

  #command([first, ...operands]: Command, piped: readonly unknown[]): unknown {
    if (first.kind !== "function") return this.#operand(first);
    const { name } = first;
    const { least, most = Infinity, decides, call } = this.#reading.functions[name]!;
    const count = operands.length + piped.length;
    if (count < least || count > most) {
      throw new TemplateError(`${name} does not take ${count} arguments`, first.at);
    }
    const args: unknown[] = [];
    for (const operand of operands) {
      const value = this.#operand(operand);
      if (isTrue(value) === decides) return value;
      args.push(value);
    }
    return at(first.at, () => call(...args, ...piped), `${name}: `);
  }

  #operand(operand: Operand): unknown {
    return at(operand.at, () =>
      operand.fields.reduce((value, name) => this.#reading.fieldOf(value, name), this.#term(operand)),
    );
  }

  #term(operand: Operand): unknown {
    switch (operand.kind) {
      case "dot":
        return this.#scope.dot;
      case "variable":
        return this.#scope.lookUp(operand.name);
      case "constant":
        return operand.value;
      case "pipeline":
        return this.#pipeline(operand.pipeline);
      case "function":
        return this.#command([operand], []);
    }
  }
}

function printed(value: unknown): string {
  return value === undefined ? "<no value>" : textOf(value);
}

/** Runs an action; an error of it that knows no place is at `place`. */
function at<T>(place: number, action: () => T, prefix = ""): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof TemplateError) || error.at !== undefined) throw error;
    throw new TemplateError(prefix + error.message, place, error.hint);
  }
}
