import { expect, test } from "vitest";
import { stickyChoice } from "../sticky.ts";
import { tryOrder } from "./order.ts";

const names = ["b0-6d4f-aaaaa", "b0-6d4f-bbbbb", "b0-6d4f-ccccc"];

test("sticky: first the pod of the key, then those it would belong to without that", () => {
  const [first, second, third, ...more] = tryOrder(names, "sticky", "/srv/x");
  expect(first).toBe(stickyChoice(names, "/srv/x"));
  const left = names.filter((name) => name !== first);
  expect(second).toBe(stickyChoice(left, "/srv/x"));
  expect([first, second, third].sort()).toEqual(names);
  expect(more).toEqual([]);
});

test("random: every pod comes first now and then, and each order has all", () => {
  const orders = Array.from({ length: 200 }, () => [...tryOrder(names, "random", "/srv/x")]);
  expect(new Set(orders.map(([first]) => first))).toEqual(new Set(names));
  for (const order of orders) expect(order.sort()).toEqual(names);
});

test("no pods, no order", () => {
  expect([...tryOrder([], "sticky", "k"), ...tryOrder([], "random", "k")]).toEqual([]);
});
