import { parseDriverOptions } from "@tsbx/core/driver";
import { expect, test } from "vitest";
import { options } from "./options.ts";

/** A bad value of every option, with a piece of the accepted form. */
const BAD: Readonly<Record<Exclude<keyof typeof options, "env.">, [value: string, form: string]>> = {
  image: ["", "not the empty one"],
  network: ["", "not the empty one"],
  memory: ["much", "512m"],
  "memory-swap": ["-2", "-1 for no limit"],
  "cpu-quota": ["-5", "from -1"],
  "cpu-period": ["-1", "from 0"],
  "cpu-shares": ["1.5", "whole number"],
  "cpuset-cpus": ["all", "0-3,5"],
  "cpuset-mems": ["0;1", "0-3,5"],
  "cgroup-parent": ["", "not the empty one"],
  "restart-policy": ["never", "unless-stopped"],
  "default-load": ["maybe", "true or false"],
  "provenance-add-gha": ["yes", "true or false"],
  "allow-untrusted-image": ["on", "true or false"],
};

const parse = (pairs: Record<string, string>) =>
  parseDriverOptions(options, pairs, { driver: "docker-container" });

test("every option has its bad value", () => {
  expect([...Object.keys(BAD), "env."].sort()).toEqual(Object.keys(options).sort());
});

test.each(Object.entries(BAD))("%s refuses %j with its name and what it takes", (name, [value, form]) => {
  expect(() => parse({ [name]: value })).toThrow(
    expect.objectContaining({
      code: "INVALID_DRIVER_OPTION",
      message: `driver option ${name} of the docker-container driver cannot be ${JSON.stringify(value)}`,
      hint: expect.stringContaining(form),
    }),
  );
});

test("env. refuses an empty name; its values are any text", () => {
  expect(() => parse({ "env.": "x" })).toThrow(/has no option env\./);
  expect(parse({ "env.EMPTY": "" })).toMatchObject({ "env.EMPTY": "" });
});

test.each([
  ["memory", "512m"],
  ["memory", "4GiB"],
  ["memory-swap", "-1"],
  ["cpuset-cpus", "0-3,5"],
  ["restart-policy", "on-failure:3"],
])("%s takes %s", (name, value) => {
  expect(parse({ [name]: value })[name]).toBe(value);
});
