import { describe, expect, test } from "vitest";
import { isTsbxError } from "../errors.ts";
import type { OptionSchema } from "./option-schema.ts";
import { parseDriverOptions } from "./options.ts";

const schema: OptionSchema = {
  image: { type: "string", doc: "Image.", default: "buildkit" },
  "default-load": { type: "boolean", doc: "Load." },
  replicas: { type: "integer", doc: "How many." },
  timeout: { type: "duration", doc: "How long." },
  cacert: { type: "path", doc: "Authority." },
  mode: { type: "enum", values: ["sticky", "random"], doc: "Which." },
  "env.": { type: "string", doc: "Environment.", prefix: true },
};

function parse(pairs: Record<string, string>, directory?: string) {
  return parseDriverOptions(schema, pairs, {
    driver: "test",
    ...(directory === undefined ? {} : { directory }),
  });
}

function refusal(run: () => unknown): { code: string; message: string; hint: string | undefined } {
  try {
    run();
  } catch (error) {
    if (isTsbxError(error)) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("values", () => {
  test("are typed, with defaults", () => {
    const pairs = {
      "default-load": "true",
      replicas: "-3",
      timeout: "1m30s",
      cacert: "/ca.pem",
      mode: "random",
      "env.HTTP_PROXY": "http://proxy:3128",
    };
    expect({ ...parse(pairs) }).toEqual({
      image: "buildkit",
      "default-load": true,
      replicas: -3,
      timeout: 90_000,
      cacert: "/ca.pem",
      mode: "random",
      "env.HTTP_PROXY": "http://proxy:3128",
    });
  });

  test("relative paths are resolved against the directory given", () => {
    expect(parse({ cacert: "certs/ca.pem" }, "/base").cacert).toBe("/base/certs/ca.pem");
  });

  test("a name of every object's prototype is an ordinary unknown option", () => {
    expect(refusal(() => parse({ constructor: "x" })).code).toBe("INVALID_DRIVER_OPTION");
    expect(parse({}).toString).toBeUndefined();
  });
});

describe("refusals", () => {
  test.each([
    ["default-load", "yes", "true or false"],
    ["replicas", "1.5", "a whole number"],
    ["replicas", "", "a whole number"],
    ["replicas", "9007199254740993", "a whole number"],
    ["timeout", "10", "a duration such as"],
    ["cacert", "ca.pem", "an absolute path"],
    ["mode", "fast", "sticky, random"],
  ])("%s=%s", (name, value, accepted) => {
    const error = refusal(() => parse({ [name]: value }));
    expect(error.code).toBe("INVALID_DRIVER_OPTION");
    expect(error.message).toContain(name);
    expect(error.message).toContain(JSON.stringify(value));
    expect(error.hint).toContain(accepted);
  });

  test("an unknown option names the closest ones", () => {
    expect(refusal(() => parse({ cacrt: "/x" })).hint).toBe("Did you mean cacert?");
  });

  test("an unknown option that resembles none names them all", () => {
    expect(refusal(() => parse({ zzzzzzzz: "/x" })).hint).toContain("image, default-load, replicas");
  });

  test("a prefix alone is not an option", () => {
    expect(refusal(() => parse({ "env.": "x" })).message).toContain("has no option env.");
  });

  test("a required option that is missing", () => {
    const required: OptionSchema = { name: { type: "string", doc: "The name.", required: true } };
    const error = refusal(() => parseDriverOptions(required, {}, { driver: "test" }));
    expect(error.message).toContain("name");
    expect(error.message).toContain("required");
  });
});
