import { invalid, type Place, unsupported } from "./problem.ts";

/** Counts the local variables of one rule, and knows which have a value where. */
export class Locals {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  next(): number {
    return this.#count++;
  }
}

/** The names of one body. Those of the bodies around it are seen in it, too. */
export class Scope {
  readonly #locals: Locals;
  readonly #outer: Scope | undefined;
  readonly #names = new Map<string, number>();
  /** Names that were used here or further in and were none of this scope's. */
  readonly #foreign = new Set<string>();
  readonly #bound: Set<number>;
  /** Whether no variable may get its value here: as in a negation. */
  onlyValues: boolean;

  constructor(locals: Locals, outer?: Scope) {
    this.#locals = locals;
    this.#outer = outer;
    this.onlyValues = outer?.onlyValues ?? false;
    // What is bound in a body is bound there alone.
    this.#bound = new Set(outer ? outer.#bound : []);
  }

  inner(): Scope {
    return new Scope(this.#locals, this);
  }

  /** A new variable. */
  declare(name: string, at: Place): number {
    if (name !== "_") {
      if (this.#names.has(name)) throw invalid(at, `${name} is declared twice`);
      if (this.#foreign.has(name)) throw invalid(at, `${name} is used before it is declared`);
    }
    const slot = this.#locals.next();
    if (name !== "_") this.#names.set(name, slot);
    return slot;
  }

  find(name: string): number | undefined {
    return this.#names.get(name) ?? this.#outer?.find(name);
  }

  /** Whether a name is of this very scope. */
  owns(name: string): boolean {
    return name === "_" || this.#names.has(name);
  }

  /** Remembers that a name stands for something else in this scope. */
  use(name: string): void {
    if (this.#names.has(name)) return;
    this.#foreign.add(name);
    this.#outer?.use(name);
  }

  /** The variable that comes into being with its first use, as this is. */
  implicit(name: string, at: Place): number {
    if (this.#foreign.has(name)) throw unsupported(at, `${name}, which another body uses without some,`);
    this.#outer?.use(name);
    return this.declare(name, at);
  }

  isBound(slot: number): boolean {
    return this.#bound.has(slot);
  }

  bind(slot: number): void {
    this.#bound.add(slot);
  }
}
