import { TemplateError } from "./error.ts";

/** The variables of a block, and its dot. */
export class Scope {
  dot: unknown;
  readonly #variables = new Map<string, unknown>();
  readonly #outer: Scope | undefined;

  constructor(dot: unknown, outer?: Scope) {
    this.dot = dot;
    this.#outer = outer;
    if (!outer) this.#variables.set("$", dot);
  }

  declare(name: string, value: unknown): void {
    this.#variables.set(name, value);
  }

  assign(name: string, value: unknown): void {
    this.#holder(name).#variables.set(name, value);
  }

  lookUp(name: string): unknown {
    return this.#holder(name).#variables.get(name);
  }

  #holder(name: string): Scope {
    if (this.#variables.has(name)) return this;
    if (!this.#outer) throw new TemplateError(`there is no variable ${name}`);
    return this.#outer.#holder(name);
  }
}
