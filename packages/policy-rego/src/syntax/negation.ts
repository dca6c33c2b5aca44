import type { Place } from "./problem.ts";
import type { Scope } from "./scope.ts";
import type { Expression, Term } from "./tree.ts";

/**
 * A negation with what has to have a value before it: whatever is inside of the negated term, except the operands of
 * `==` and `=` and the term itself where they are references. So `not startswith(input.a, "b")` does not hold without
 * `input.a`, and `not input.a == "b"` does.
 * @param expression what is negated; resolved
 */
export function negation(expression: Expression, scope: Scope, at: Place): Expression[] {
  const before: Expression[] = [];
  /** The term's value as a variable's. */
  const ahead = (term: Term): Term => {
    if (isSettled(term)) return term;
    const slot = scope.declare("_", at);
    scope.bind(slot);
    const variable: Term = { kind: "name", name: "_", at, meaning: { kind: "local", slot } };
    before.push({ kind: "unify", left: variable, right: term, at });
    return variable;
  };
  /** A reference stays: only its keys are ahead of it. */
  const reference = (term: Term): Term => {
    if (term.kind === "name") return term;
    if (term.kind !== "ref") return ahead(term);
    const head = term.head.kind === "name" ? term.head : ahead(term.head);
    return { ...term, head, path: term.path.map(ahead) };
  };
  const negated = (term: Term): Term => {
    if (term.kind === "call") return { ...term, args: term.args.map(ahead) };
    if (term.kind !== "operation") return reference(term);
    const side = term.operator === "==" ? reference : ahead;
    return { ...term, left: side(term.left), right: side(term.right) };
  };
  const inside = (): Expression => {
    if (expression.kind === "term") return { ...expression, term: negated(expression.term) };
    if (expression.kind !== "unify") return expression;
    return { ...expression, left: reference(expression.left), right: reference(expression.right) };
  };
  const rest = inside();
  return [...before, { kind: "not", expression: rest, at }];
}

/** Whether a term has its value for certain. */
function isSettled(term: Term): boolean {
  return term.kind === "value" || (term.kind === "name" && term.meaning?.kind === "local");
}
