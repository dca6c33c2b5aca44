import type { NameResolver } from "./names.ts";
import { negation } from "./negation.ts";
import { invalid, type Place, unsupported } from "./problem.ts";
import type { Scope } from "./scope.ts";
import type { Expression, NameTerm, Term } from "./tree.ts";

/** Resolves the expressions of a body in their order, which is the one that they are evaluated in. */
export function resolveBody(body: readonly Expression[], scope: Scope, names: NameResolver): Expression[] {
  return body.flatMap((expression) =>
    expression.kind === "not"
      ? negation(resolveNegated(expression.expression, scope, names), scope, expression.at)
      : [resolveExpression(expression, scope, names)],
  );
}

function resolveExpression(
  expression: Exclude<Expression, { kind: "not" }>,
  scope: Scope,
  names: NameResolver,
): Expression {
  switch (expression.kind) {
    case "term":
      return { ...expression, term: resolveTerm(expression.term, scope, names) };
    case "assign": {
      const right = resolveTerm(expression.right, scope, names);
      return {
        ...expression,
        kind: "unify",
        left: resolvePattern(expression.left, scope, names, "declare"),
        right,
      };
    }
    case "unify":
      return resolveUnification(expression, scope, names);
    case "some":
      return { ...expression, names: expression.names.map((name) => declared(name, scope)) };
    case "someIn": {
      const domain = resolveTerm(expression.domain, scope, names);
      const key = expression.key && resolvePattern(expression.key, scope, names, "declare");
      const value = resolvePattern(expression.value, scope, names, "declare");
      return { ...expression, ...(key && { key }), value, domain };
    }
    case "every": {
      const domain = resolveTerm(expression.domain, scope, names);
      const inner = scope.inner();
      const bind = (name: NameTerm) => bound(declared(name, inner), inner);
      const key = expression.key && bind(expression.key);
      const value = bind(expression.value);
      const body = resolveBody(expression.body, inner, names);
      return { ...expression, ...(key && { key }), value, domain, body };
    }
  }
}

/** What gets a value inside a negation would have it nowhere else: that is refused, as it is by all. */
function resolveNegated(expression: Expression, scope: Scope, names: NameResolver): Expression {
  if (expression.kind !== "term" && expression.kind !== "unify") {
    throw unsupported(expression.at, `not before ${expression.kind === "someIn" ? "some" : expression.kind}`);
  }
  const inner = scope.inner();
  inner.onlyValues = true;
  return resolveExpression(expression, inner, names);
}

/** One side has a value, and the other may get it. */
function resolveUnification(
  { left, right, at }: { left: Term; right: Term; at: Place },
  scope: Scope,
  names: NameResolver,
): Expression {
  const [pattern, value] = isKnown(right, scope, names) ? [left, right] : [right, left];
  if (!isKnown(value, scope, names)) throw unsupported(at, "= between two terms that have no value yet");
  const resolved = resolveTerm(value, scope, names);
  return { kind: "unify", left: resolvePattern(pattern, scope, names, "use"), right: resolved, at };
}

/** Whether no variable of the term's own structure is without a value. */
function isKnown(term: Term, scope: Scope, names: NameResolver): boolean {
  if (term.kind === "array") return term.items.every((item) => isKnown(item, scope, names));
  if (term.kind === "object") return term.entries.every(([, value]) => isKnown(value, scope, names));
  if (term.kind !== "name") return true;
  const slot = scope.find(term.name);
  if (slot === undefined) return names.global(term, [], scope) !== undefined;
  return scope.isBound(slot);
}

/**
 * A term that is matched with a value: its variables get theirs.
 * @param unbound whether its variables are new, or may be there already
 */
export function resolvePattern(
  term: Term,
  scope: Scope,
  names: NameResolver,
  unbound: "declare" | "use",
): Term {
  const inside = (each: Term) => resolvePattern(each, scope, names, unbound);
  if (term.kind === "array") return { ...term, items: term.items.map(inside) };
  if (term.kind === "object") {
    return {
      ...term,
      entries: term.entries.map(([key, value]) => [resolveTerm(key, scope, names), inside(value)]),
    };
  }
  if (term.kind !== "name") return resolveTerm(term, scope, names);
  if (unbound === "declare") {
    if (term.name === "input" || term.name === "data") throw invalid(term.at, `${term.name} is no variable`);
    return bound(declared(term, scope), scope);
  }
  return variable(term, scope, names) ?? resolveTerm(term, scope, names);
}

/** The variable that a name is, which gets its value here if it has none. */
function variable(name: NameTerm, scope: Scope, names: NameResolver): NameTerm | undefined {
  const slot = name.name === "_" ? undefined : scope.find(name.name);
  if (slot === undefined && names.global(name, [], scope)) return undefined;
  if (slot !== undefined) scope.use(name.name);
  const term = local(name, slot ?? scope.implicit(name.name, name.at));
  return bound(term, scope);
}

function declared(name: NameTerm, scope: Scope): NameTerm {
  return local(name, scope.declare(name.name, name.at));
}

function local(name: NameTerm, slot: number): NameTerm {
  return { ...name, meaning: { kind: "local", slot } };
}

function bound(name: NameTerm, scope: Scope): NameTerm {
  if (name.meaning?.kind !== "local" || scope.isBound(name.meaning.slot)) return name;
  if (scope.onlyValues) throw unsafe(name);
  if (!scope.owns(name.name))
    throw unsupported(name.at, `${name.name}, which has no value yet outside of this body,`);
  scope.bind(name.meaning.slot);
  return name;
}

function unsafe({ name, at }: NameTerm) {
  return invalid(at, `the variable ${name} has no value here`);
}

/** A term that is to have a value. Keys of references may be variables that get theirs. */
export function resolveTerm(term: Term, scope: Scope, names: NameResolver): Term {
  const inside = (each: Term) => resolveTerm(each, scope, names);
  switch (term.kind) {
    case "value":
      return term;
    case "name": {
      const slot = scope.find(term.name);
      if (slot === undefined) {
        const global = names.global(term, [], scope);
        if (!global) throw unsafe(term);
        return global;
      }
      scope.use(term.name);
      if (!scope.isBound(slot)) throw unsafe(term);
      return local(term, slot);
    }
    case "ref":
      return resolveReference(term, scope, names);
    case "call": {
      const rule = names.called(term.name, term.args.length, term.at, scope);
      return { ...term, args: term.args.map(inside), ...(rule !== undefined && { rule }) };
    }
    case "array":
    case "set":
      return { ...term, items: term.items.map(inside) };
    case "object":
      return { ...term, entries: term.entries.map(([key, value]) => [inside(key), inside(value)]) };
    case "operation":
      return { ...term, left: inside(term.left), right: inside(term.right) };
    case "comprehension": {
      const inner = scope.inner();
      inner.onlyValues = false;
      const body = resolveBody(term.body, inner, names);
      const head = resolveTerm(term.head, inner, names);
      if (term.of !== "object") return { ...term, body, head };
      return { ...term, body, head, key: resolveTerm(term.key, inner, names) };
    }
  }
}

function resolveReference(
  { head, path, at }: Extract<Term, { kind: "ref" }>,
  scope: Scope,
  names: NameResolver,
): Term {
  const resolvedHead = (): Term => {
    if (head.kind !== "name" || scope.find(head.name) !== undefined) return resolveTerm(head, scope, names);
    const global = names.global(head, path, scope);
    if (!global) throw unsafe(head);
    return global;
  };
  const found = resolvedHead();
  const rest = head.kind === "name" && scope.find(head.name) === undefined ? restOf(found) : path;
  const keys = rest.map((key) =>
    key.kind === "name"
      ? (variable(key, scope, names) ?? resolveTerm(key, scope, names))
      : resolveTerm(key, scope, names),
  );
  const start = found.kind === "ref" && rest !== path ? found.head : found;
  return keys.length === 0 ? start : { kind: "ref", head: start, path: keys, at };
}

/** What of a global reference is left behind its rule. */
function restOf(term: Term): Term[] {
  return term.kind === "ref" ? term.path : [];
}
