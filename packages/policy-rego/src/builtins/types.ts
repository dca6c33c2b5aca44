import { type BuiltIn, whole } from "../evaluation/built-in.ts";
import {
  EvaluationError,
  fromJson,
  isArray,
  RegoObject,
  RegoSet,
  toJson,
  type Value,
} from "../evaluation/values.ts";
import { define } from "./define.ts";

const is = (test: (value: Value) => boolean) => define(["any"], (value) => test(value));

export const TYPES: Readonly<Record<string, BuiltIn>> = {
  is_null: is((value) => value === null),
  is_boolean: is((value) => typeof value === "boolean"),
  is_number: is((value) => typeof value === "number"),
  is_string: is((value) => typeof value === "string"),
  is_array: is(isArray),
  is_object: is((value) => value instanceof RegoObject),
  is_set: is((value) => value instanceof RegoSet),
  type_name: define(["any"], (value) => {
    if (value === null) return "null";
    if (isArray(value)) return "array";
    if (value instanceof RegoObject) return "object";
    return value instanceof RegoSet ? "set" : typeof value;
  }),
  to_number: define(["any"], toNumber),
  abs: define(["number"], Math.abs),
  // Whole numbers are all that there are.
  round: define(["number"], whole),
  ceil: define(["number"], whole),
  floor: define(["number"], whole),
  "json.marshal": define(["any"], (value) => goEscaped(toJson(value))),
  "json.unmarshal": define(["string"], (text) => {
    const json = parsed(text);
    return json && fromJson(json.value);
  }),
  "json.is_valid": define(["string"], (text) => parsed(text) !== undefined),
  "base64.encode": define(["string"], (text) => Buffer.from(text).toString("base64")),
};

function toNumber(value: Value): number | undefined {
  if (value === null) return 0;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  if (/^-?(?:0|[1-9][0-9]*)$/.test(value)) return whole(Number(value));
  if (/[0-9]|inf|nan/i.test(value)) throw new EvaluationError(`to_number of ${value} is not supported`);
  return undefined;
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** As Go writes JSON, which is safe inside of HTML. */
function goEscaped(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
