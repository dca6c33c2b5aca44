import { describe } from "vitest";
import { fuzzReader } from "../../../scripts/fuzz/reader.ts";
import { changedJson } from "../../../scripts/fuzz/text.ts";
import { parseIdentity } from "./process-identity.ts";

describe("the record of a daemon", () => {
  fuzzReader("is an identity, or none", changedJson({ pid: 1, started: "boot/2" }), parseIdentity);
});
