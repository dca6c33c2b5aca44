import { isAbsolute, resolve } from "node:path";
import { TsbxError } from "../errors.ts";
import { closest } from "./closest.ts";
import { parseDuration } from "./duration.ts";
import type { OptionSchema, OptionSpec, OptionValues } from "./option-schema.ts";

export interface ParseOptions {
  /** The driver's name, for messages. */
  driver: string;
  /** What relative paths are relative to. Without it they are refused. */
  directory?: string;
}

/**
 * Turns option pairs as they were given (`--driver-opt name=value`, the builder store) into the values a
 * driver receives: typed, with defaults filled in.
 *
 * @throws TsbxError `INVALID_DRIVER_OPTION` naming the option, the value and what is accepted
 */
export function parseDriverOptions(
  schema: OptionSchema,
  pairs: Readonly<Record<string, string>>,
  options: ParseOptions,
): OptionValues {
  const values: Record<string, string | boolean | number> = Object.create(null);
  for (const [name, spec] of Object.entries(schema)) {
    if (spec.default !== undefined && !spec.prefix) values[name] = spec.default;
  }
  for (const [name, text] of Object.entries(pairs)) {
    const spec = specOf(schema, name);
    if (!spec) throw unknownOption(schema, name, options.driver);
    values[name] = parseValue(name, spec, text, options);
  }
  for (const [name, spec] of Object.entries(schema)) {
    if (spec.required && values[name] === undefined) {
      throw invalid(`driver option ${name} of the ${options.driver} driver is required`, spec.doc);
    }
  }
  return values;
}

function specOf(schema: OptionSchema, name: string): OptionSpec | undefined {
  if (Object.hasOwn(schema, name)) {
    const spec = schema[name]!;
    return spec.prefix ? undefined : spec;
  }
  return Object.entries(schema).find(
    ([prefix, spec]) => spec.prefix && name.startsWith(prefix) && name.length > prefix.length,
  )?.[1];
}

function parseValue(name: string, spec: OptionSpec, text: string, options: ParseOptions) {
  const value = READERS[spec.type](text, spec, options);
  const other = value === undefined ? undefined : spec.check?.(value);
  if (value !== undefined && other === undefined) return value;
  const accepted = other ?? (spec.type === "enum" ? (spec.values ?? []).join(", ") : FORMS[spec.type]);
  throw invalid(
    `driver option ${name} of the ${options.driver} driver cannot be ${JSON.stringify(text)}`,
    `Accepted: ${accepted}.`,
  );
}

type Reader = (
  text: string,
  spec: OptionSpec,
  options: ParseOptions,
) => string | boolean | number | undefined;

const READERS: Readonly<Record<OptionSpec["type"], Reader>> = {
  string: (text) => text,
  // The spellings that Go's command lines accept.
  boolean: (text) => {
    if (/^(1|t|T|true|True|TRUE)$/.test(text)) return true;
    if (/^(0|f|F|false|False|FALSE)$/.test(text)) return false;
    return undefined;
  },
  integer: (text) => {
    const value = Number(text);
    return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(value) ? value : undefined;
  },
  duration: (text) => parseDuration(text),
  path: (text, _spec, { directory }) => {
    if (isAbsolute(text)) return text;
    return directory === undefined || text === "" ? undefined : resolve(directory, text);
  },
  enum: (text, spec) => (spec.values?.includes(text) ? text : undefined),
};

const FORMS: Readonly<Record<Exclude<OptionSpec["type"], "enum">, string>> = {
  string: "any text",
  boolean: "true or false",
  integer: "a whole number",
  duration: "a duration such as 90s, 1h30m or 500ms",
  path: "an absolute path",
};

function unknownOption(schema: OptionSchema, name: string, driver: string): TsbxError {
  const names = Object.entries(schema).map(([name, spec]) => (spec.prefix ? `${name}NAME` : name));
  const near = closest(name, names);
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(" or ")}?`
      : names.length > 0
        ? `It takes: ${names.join(", ")}.`
        : "It takes no options.";
  return invalid(`the ${driver} driver has no option ${name}`, hint);
}

function invalid(message: string, hint: string): TsbxError {
  return new TsbxError("INVALID_DRIVER_OPTION", message, { hint });
}
