import type { Operator } from "../syntax/tree.ts";
import { whole } from "./built-in.ts";
import { compare, elements, RegoSet, type Value } from "./values.ts";

/** The result of an infix operator; undefined for operands of the wrong types. */
export function operate(operator: Operator, left: Value, right: Value): Value | undefined {
  switch (operator) {
    case "==":
      return compare(left, right) === 0;
    case "!=":
      return compare(left, right) !== 0;
    case "<":
      return compare(left, right) < 0;
    case "<=":
      return compare(left, right) <= 0;
    case ">":
      return compare(left, right) > 0;
    case ">=":
      return compare(left, right) >= 0;
    case "in":
      return elements(right).some(([, value]) => compare(left, value) === 0);
    default:
      if (typeof left === "number" && typeof right === "number") return calculate(operator, left, right);
      if (left instanceof RegoSet && right instanceof RegoSet) return combine(operator, left, right);
      return undefined;
  }
}

function calculate(operator: Operator, left: number, right: number): number | undefined {
  if (operator === "+") return whole(left + right);
  if (operator === "-") return whole(left - right);
  if (operator === "*") return whole(left * right);
  if (operator !== "/" && operator !== "%") return undefined;
  if (right === 0) return undefined;
  return whole(operator === "/" ? left / right : left % right);
}

function combine(operator: Operator, left: RegoSet, right: RegoSet): RegoSet | undefined {
  const members = left.members();
  if (operator === "|") return RegoSet.of([...members, ...right.members()]);
  if (operator === "&") return RegoSet.of(members.filter((each) => right.has(each)));
  if (operator === "-") return RegoSet.of(members.filter((each) => !right.has(each)));
  return undefined;
}
