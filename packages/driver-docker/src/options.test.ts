import { parseDriverOptions } from "@tsbx/core/driver";
import { expect, test } from "vitest";
import driver from "./index.ts";

test("it takes no options, and says so of any", () => {
  expect(() => parseDriverOptions(driver.options, { network: "host" }, { driver: driver.name })).toThrow(
    expect.objectContaining({
      code: "INVALID_DRIVER_OPTION",
      message: "the docker driver has no option network",
      hint: "It takes no options.",
    }),
  );
});
