import { parseDriverOptions } from "@tsbx/core/driver";
import { expect, test } from "vitest";
import { options } from "./options.ts";

/** A bad value of every option, with a piece of the accepted form. */
const BAD: Readonly<Record<keyof typeof options, [value: string, form: string]>> = {
  binary: ["buildkitd", "absolute path"],
  runc: ["./runc", "absolute path"],
  rootlesskit: ["", "absolute path"],
};

test.each(Object.entries(BAD))("%s refuses %j with its name and what it takes", (name, [value, form]) => {
  expect(() => parseDriverOptions(options, { [name]: value }, { driver: "buildkitd" })).toThrow(
    expect.objectContaining({
      code: "INVALID_DRIVER_OPTION",
      message: `driver option ${name} of the buildkitd driver cannot be ${JSON.stringify(value)}`,
      hint: expect.stringContaining(form),
    }),
  );
});
