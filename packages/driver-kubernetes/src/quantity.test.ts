import { expect, test } from "vitest";
import { isQuantity } from "./quantity.ts";

test.each(["0", "1", "1.5", ".5", "2.", "+1", "500m", "100n", "4Gi", "2G", "1e9", "12E-3", "3E", "1Ei"])(
  "%s is one",
  (text) => {
    expect(isQuantity(text)).toBe(true);
  },
);

test.each(["", ".", "-1", "1 Gi", "1gi", "1GB", "1.5.2", "Gi", "1e", "1Mi2", "0x10"])(
  "%j is none",
  (text) => {
    expect(isQuantity(text)).toBe(false);
  },
);
