import { randomInt } from "node:crypto";
import { stickyChoice } from "../sticky.ts";

export type LoadBalance = "sticky" | "random";

/** Pods in the order in which they are to be tried. */
export function* tryOrder(names: readonly string[], balance: LoadBalance, key: string): Generator<string> {
  let left = [...names];
  while (left.length > 0) {
    const chosen = balance === "sticky" ? stickyChoice(left, key) : left[randomInt(left.length)]!;
    yield chosen;
    left = left.filter((name) => name !== chosen);
  }
}
