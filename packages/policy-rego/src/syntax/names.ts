import type { RuleGroup } from "../evaluation/program.ts";
import { invalid, type Place, unsupported } from "./problem.ts";
import type { Scope } from "./scope.ts";
import type { Module, NameTerm, Term } from "./tree.ts";

/** How many arguments each function takes. */
export type Functions = ReadonlyMap<string, number | "any">;

/** Fields of the input that are never there, because nothing here can verify what they say. */
const UNVERIFIED = [
  "image.provenance",
  "image.signatures",
  "git.commit.pgpSignature",
  "git.commit.sshSignature",
  "git.tag.pgpSignature",
  "git.tag.sshSignature",
];

/** What names mean in one module. */
export class NameResolver {
  readonly #module: Module;
  readonly #groups: ReadonlyMap<string, RuleGroup>;
  readonly #functions: Functions;
  readonly #imports: ReadonlyMap<string, readonly string[]>;
  #uses = new Set<string>();

  constructor(module: Module, groups: ReadonlyMap<string, RuleGroup>, functions: Functions) {
    this.#module = module;
    this.#groups = groups;
    this.#functions = functions;
    for (const { as, at } of module.imports) {
      if (this.#own(as) || functions.has(as))
        throw invalid(at, `the import ${as} has the name of something else`);
    }
    this.#imports = new Map(module.imports.map(({ as, path }) => [as, path]));
  }

  /** From now on, what is used is used by the rules of `group`. */
  enter(group: RuleGroup): void {
    this.#uses = group.uses;
  }

  /**
   * What a reference that begins with a name means, or a name alone, where the name is no variable.
   * @returns undefined for a variable
   */
  global(name: NameTerm, path: readonly Term[], scope: Scope): Term | undefined {
    const own = this.#own(name.name);
    const imported = this.#imports.get(name.name);
    if (name.name !== "input" && name.name !== "data" && !own && !imported) return undefined;
    scope.use(name.name);
    const root = own ?? imported ?? [name.name];
    const full: Term[] = [...root.slice(1).map((value): Term => ({ kind: "value", value })), ...path];
    return root[0] === "input" ? this.#input(name, full) : this.#rule(name, full);
  }

  /**
   * The function that a call means.
   * @returns the path of a rule's, `undefined` for one that is built in
   */
  called(name: string, args: number, at: Place, scope: Scope): string | undefined {
    const [first = "", ...rest] = name.split(".");
    if (scope.find(first) !== undefined) throw invalid(at, `${first} is a variable`);
    const root = this.#imports.get(first) ?? (first === "data" ? ["data"] : undefined);
    const path = root ? [...root, ...rest].join(".") : this.#own(name)?.join(".");
    const arity = path === undefined ? this.#functions.get(name) : this.#functionArity(path, at);
    if (arity === undefined) throw unsupported(at, `the function ${name}`);
    if (arity !== "any" && arity !== args)
      throw invalid(at, `${name} takes ${arity} arguments, and not ${args}`);
    if (path !== undefined) this.#uses.add(path);
    return path;
  }

  #functionArity(path: string, at: Place): number {
    const group = this.#groups.get(path);
    if (group?.kind !== "function") throw invalid(at, `${path} is no function`);
    return (group.rules[0] ?? group.fallback)!.args.length;
  }

  #own(name: string): string[] | undefined {
    const path = ["data", ...this.#module.package, name];
    return this.#groups.has(path.join(".")) ? path : undefined;
  }

  #input({ name, at }: NameTerm, path: Term[]): Term {
    const written = path.map((each) => (each.kind === "value" ? String(each.value) : "*")).join(".");
    const field = UNVERIFIED.find((each) => written === each || written.startsWith(`${each}.`));
    if (field) throw unsupported(at, `input.${field}`);
    const head: NameTerm = { kind: "name", name, at, meaning: { kind: "input" } };
    return path.length === 0 ? head : { kind: "ref", head, path, at };
  }

  #rule({ name, at }: NameTerm, path: Term[]): Term {
    for (let length = path.length; length > 0; length--) {
      const names = path.slice(0, length).map((each) => (each.kind === "value" ? each.value : undefined));
      const rule = ["data", ...names].join(".");
      const group = names.every((each) => typeof each === "string") ? this.#groups.get(rule) : undefined;
      if (!group) continue;
      if (group.kind === "function") throw invalid(at, `the function ${rule} is not called`);
      this.#uses.add(rule);
      const head: NameTerm = { kind: "name", name, at, meaning: { kind: "rule", path: rule } };
      return length === path.length ? head : { kind: "ref", head, path: path.slice(length), at };
    }
    throw unsupported(at, "a reference to data that is no rule");
  }
}
