import { parseDriverOptions } from "@tsbx/core/driver";
import fc from "fast-check";
import { describe } from "vitest";
import { fuzzReader } from "../../../scripts/fuzz/reader.ts";
import { csv, text } from "../../../scripts/fuzz/text.ts";
import { byteSize } from "./byte-size.ts";
import driver from "./index.ts";
import { restartPolicy } from "./restart-policy.ts";

describe("options of the docker-container driver", () => {
  const name = fc.oneof(fc.constantFrom(...Object.keys(driver.options)), text(["env.A", "memory"]));
  const value = fc.oneof(
    csv(["device", "count", "driver"], ["all", "1"]),
    text(["512m", "always", "on-failure:3", "true", "-1"]),
  );
  fuzzReader("several", fc.dictionary(name, value, { maxKeys: 4 }), (given) => ({
    ...parseDriverOptions(driver.options, given, { driver: "docker-container", directory: "/" }),
  }));
  fuzzReader("a size", text(["512m", "1.5g", "1e3b"]), byteSize);
  fuzzReader("a restart policy", text(["on-failure:3", "always", "on-failure:-1"]), restartPolicy);
});
