import { expect, test } from "vitest";
import { parseTolerations } from "./tolerations.ts";

test("fields by commas, tolerations by semicolons", () => {
  expect(
    parseTolerations(
      "key=a,value=b,effect=NoSchedule;key=example.com/c,operator=Exists,effect=NoExecute,tolerationSeconds=30;",
    ),
  ).toEqual([
    { key: "a", value: "b", effect: "NoSchedule" },
    { key: "example.com/c", operator: "Exists", effect: "NoExecute", tolerationSeconds: 30 },
  ]);
});

test("in double quotes; every taint", () => {
  expect(parseTolerations('"operator=Exists"')).toEqual([{ operator: "Exists" }]);
});

test.each([
  ["nothing", ""],
  ["an unknown field", "key=a,color=red"],
  ["an inherited name", "constructor=a"],
  ["a field without a value", "key=a,operator"],
  ["two values", "key=a=b"],
  ["an unknown operator", "key=a,operator=exists"],
  ["an unknown effect", "key=a,effect=Never"],
  ["seconds that are none", "key=a,effect=NoExecute,tolerationSeconds=1m"],
  ["seconds without NoExecute", "key=a,tolerationSeconds=3"],
  ["a value for what only exists", "key=a,operator=Exists,value=b"],
  ["no key", "value=b"],
])("%s is refused", (_name, text) => {
  expect(parseTolerations(text)).toBeUndefined();
});
